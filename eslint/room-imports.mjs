import path from 'node:path';

/**
 * Reports a relative import that leads into a room of `src/` which the file's own room may not import. Takes the room
 * table as its option: `{ source: '/…/src', rooms: { proof: ['manifests', …] } }`, or `'all'` for a room without limits.
 */
export const roomImports = {
  meta: {
    type: 'problem',
    docs: { description: 'keep the data flow one-way: a room imports only the rooms that the room table names' },
    schema: [{ type: 'object', required: ['source', 'rooms'] }],
    messages: {
      forbidden: '{{from}} may not import {{to}} (room table); it may import: {{allowed}}',
      unknown: "'{{from}}' is not in the room table of eslint.config.mjs: add it with the rooms that it may import",
    },
  },
  create(context) {
    const { source, rooms } = context.options[0];
    const from = roomOf(context.filename, source);
    if (from === undefined || from === 'index.ts') return {};
    const allowed = rooms[from];
    if (allowed === undefined) {
      return { Program: (node) => context.report({ node, messageId: 'unknown', data: { from } }) };
    }

    function check(node) {
      const specifier = node?.value;
      if (typeof specifier !== 'string' || !specifier.startsWith('.')) return;
      const to = roomOf(path.resolve(path.dirname(context.filename), specifier), source);
      if (to === undefined || to === from || allowed === 'all' || allowed.includes(to)) return;
      const names = allowed.length === 0 ? 'nothing of ours' : allowed.join(', ');
      context.report({ node, messageId: 'forbidden', data: { from: shown(from), to: shown(to), allowed: names } });
    }

    return {
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      TSImportType: (node) => check(node.source ?? node.argument?.literal),
      TSExternalModuleReference: (node) => check(node.expression),
      "CallExpression[callee.name='require']": (node) => check(node.arguments[0]),
    };
  },
};

/** The folder of `src/` that a file is in; `index.ts` for the package's surface, `imports` for the generated types. */
function roomOf(file, source) {
  const [first, second] = path.relative(path.dirname(source), file).split(path.sep);
  if (first === 'imports') return 'imports';
  if (first !== path.basename(source)) return undefined;
  if (second === undefined || second === 'index' || second.startsWith('index.')) return 'index.ts';
  return second;
}

function shown(room) {
  return room === 'index.ts' ? 'src/index.ts' : `${room}/`;
}
