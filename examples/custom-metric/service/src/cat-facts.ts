export const catFacts: readonly string[] = [
  'A cat spends around two thirds of its life asleep.',
  'Cats have thirty-two muscles in each outer ear.',
  'A cat cannot taste sweetness.',
  'The nose print of a cat is as individual as a fingerprint.',
  'A group of kittens is called a kindle.',
  'Cats walk like camels and giraffes: both feet of one side, then both of the other.',
  'Most calico cats are female.',
  'The collarbone of a cat is free-floating, so that it fits wherever its head does.',
  'A cat purrs at 25 to 150 hertz.',
  'Adult cats rarely meow at each other; they keep it for people.',
];

/** How many facts a request asks for; a string says what is wrong with its `count`. */
export function parseCount(query: URLSearchParams): number | string {
  const [text = '1', ...others] = query.getAll('count');
  if (others.length > 0) return 'query parameter count is given more than once, expected it once';
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= catFacts.length) return count;
  return `query parameter count is '${text.slice(0, 40)}', expected a whole number from 1 to ${catFacts.length}`;
}

/** Different facts in random order. */
export function randomFacts(count: number): string[] {
  const rest = [...catFacts];
  return Array.from({ length: count }, () => rest.splice(Math.floor(Math.random() * rest.length), 1)).flat();
}
