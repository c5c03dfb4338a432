import { described, nearMiss, ShapeRule } from '../../findings';

type Fields = Readonly<Record<string, unknown>>;
type Fault = ReturnType<ShapeRule['problem']>;

/** What the exporter refuses as a whole, and the JVM with it. Source: jmx_exporter, JmxCollector.java. */
export const jmxRule: ShapeRule = {
  problem: (value, place) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return { message: `${place} is ${described(value)}, expected a rule`, fix: "write { pattern: '…', name: '…' }" };
    }
    const checks = [unknownField, missingField, refusedType, refusedName, refusedPattern];
    return checks.map((check) => check(value as Fields, place)).find((fault) => fault !== undefined);
  },
};

const fieldsOfRules = [
  'pattern',
  'name',
  'labels',
  'help',
  'type',
  'value',
  'valueFactor',
  'attrNameSnakeCase',
  'cache',
];

function unknownField(given: Fields, place: string): Fault {
  const unknown = Object.keys(given).find((key) => !fieldsOfRules.includes(key));
  if (unknown === undefined) return undefined;
  const near = nearMiss(unknown, fieldsOfRules);
  return {
    message: `${place}.${unknown} is no field of a rule`,
    fix: near === undefined ? `use ${fieldsOfRules.join(', ')}` : `write '${near}'`,
  };
}

function missingField(given: Fields, place: string): Fault {
  const lonely = (['labels', 'help', 'type'] as const).find((key) => given[key] !== undefined);
  if (lonely !== undefined && given.name === undefined) {
    return {
      message: `${place} has ${lonely} and no name, which the exporter refuses`,
      fix: `name the metric, or leave out ${lonely}`,
    };
  }
  if (given.name === undefined || given.pattern !== undefined) return undefined;
  return {
    message: `${place} has a name and no pattern, which the exporter refuses`,
    fix: 'say what it matches in pattern',
  };
}

const types = ['GAUGE', 'COUNTER', 'UNTYPED'];

function refusedType({ type }: Fields, place: string): Fault {
  if (type === undefined || types.includes(type as string)) return undefined;
  const near = nearMiss(String(type), types, 3);
  return {
    message: `${place}.type is ${described(type)}, expected ${types.join(', ')}`,
    fix: near === undefined ? 'leave it out for UNTYPED' : `write '${near}'`,
  };
}

/** The exporter makes _ of other letters, so that the metric is called otherwise than it is written. */
function refusedName({ name }: Fields, place: string): Fault {
  if (name === undefined) return undefined;
  if (typeof name !== 'string' || name === '') {
    return { message: `${place}.name is ${described(name)}, expected the name of a metric`, fix: 'write it as text' };
  }
  const literal = name.replace(/\$(?:\d+|\{\w+\})/g, '_');
  if (/^[a-zA-Z_:][\w:]*$/.test(literal)) return undefined;
  const valid = name.replace(/[^\w:${}]/g, '_').replace(/^(?=\d)/, '_');
  return {
    message: `${place}.name '${name}' is no name of a metric: letters, digits, _ and : beside groups such as $1`,
    fix: `write '${valid}'`,
  };
}

/** Of Java's regular expressions only what is certain: brackets that are never closed, and ) that close nothing. */
function refusedPattern({ pattern }: Fields, place: string): Fault {
  if (pattern === undefined) return undefined;
  if (typeof pattern !== 'string') {
    return {
      message: `${place}.pattern is ${described(pattern)}, expected a regular expression`,
      fix: 'write it as text',
    };
  }
  const lost = unbalanced(pattern);
  return lost === undefined
    ? undefined
    : {
        message: `${place}.pattern '${pattern}' ${lost}: the exporter refuses it, and the JVM does not start`,
        fix: `close it, or write \\\\${lost.slice(-1)} where the letter itself is meant`,
      };
}

function unbalanced(pattern: string): string | undefined {
  // what \Q quotes is none of it, and what is escaped is a letter
  const bare = pattern.replace(/\\Q[\s\S]*?(\\E|$)/g, '').replace(/\\[\s\S]/g, '');
  // comments may hold anything
  if (/\(\?[a-zA-Z]*x/.test(bare)) return undefined;
  let open = 0;
  let classes = 0;
  for (const letter of bare) {
    if (letter === '[') classes += 1;
    else if (letter === ']' && classes > 0) classes -= 1;
    else if (classes === 0 && letter === '(') open += 1;
    else if (classes === 0 && letter === ')') open -= 1;
    if (open < 0) return 'closes a group that is not open by )';
  }
  // a ] at the beginning of a class may be a letter of it
  if (classes > 0) return /\[\^?\]/.test(bare) ? undefined : 'does not close its [';
  return open > 0 && !/\[\^?\]/.test(bare) ? 'does not close its (' : undefined;
}
