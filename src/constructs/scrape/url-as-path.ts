/** What to say where a whole address stands in the place of a path; undefined where none does. */
export function urlAsPath(
  path: string,
  queryAs: string,
): { readonly message: string; readonly fix: string } | undefined {
  const [, ofUrl = '/', query] = /^https?:\/\/[^/?]*(\/[^?]*)?(?:\?(.*))?$/i.exec(path) ?? [];
  if (!/^https?:\/\//i.test(path)) return undefined;
  return {
    message: `the path '${path}' is a whole address, and Prometheus knows host and port already`,
    fix: `write '${ofUrl}'${query === undefined ? '' : `, and give ${queryAs}: '${query}'`}`,
  };
}
