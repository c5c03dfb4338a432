import { catFacts } from './cat-facts';

const text = (description: string): object => ({
  description,
  content: { 'text/plain': { schema: { type: 'string' } } },
});

const error = (description: string): object => ({
  description,
  content: {
    'application/json': {
      schema: { type: 'object', required: ['error'], properties: { error: { type: 'string' } } },
    },
  },
});

/** What /docs shows, as OpenAPI 3.0. */
export function openApiDocument(version: string): object {
  return {
    openapi: '3.0.3',
    info: { title: 'Random facts', version, description: 'Facts about cats, and metrics about serving them.' },
    paths: {
      '/cat_facts': {
        get: {
          summary: 'Random facts about cats',
          description: 'Each answer with facts adds one to the counter `random_facts_api_execution_counter`.',
          parameters: [
            {
              name: 'count',
              in: 'query',
              description: 'How many different facts.',
              schema: { type: 'integer', minimum: 1, maximum: catFacts.length, default: 1 },
            },
          ],
          responses: {
            200: {
              description: 'The facts.',
              content: {
                'application/json': {
                  schema: {
                    type: 'object',
                    required: ['facts'],
                    properties: { facts: { type: 'array', items: { type: 'string' } } },
                  },
                },
              },
            },
            400: error('`count` is no number in its range.'),
          },
        },
      },
      '/metrics': {
        get: { summary: 'Metrics for Prometheus', responses: { 200: text('The exposition in text format.') } },
      },
      '/healthz': {
        get: { summary: 'Whether the service lives', responses: { 200: text('It does.') } },
      },
    },
  };
}
