import * as http from 'http';
import { Status, StatusError, parseStatus } from './status';

/** Why a poll failed: few and fixed, because they become the values of a label. */
export const pollFailureReasons = [
  'connection',
  'timeout',
  'http_status',
  'too_large',
  'not_json',
  'bad_field',
] as const;
export type PollFailureReason = (typeof pollFailureReasons)[number];

export class PollError extends Error {
  constructor(
    readonly reason: PollFailureReason,
    message: string,
  ) {
    super(message);
  }
}

const largestBody = 64 * 1024;

/** Asks the application once. Rejects with a {@link PollError} within `timeoutMs`, whatever the application does. */
export async function fetchStatus(appPort: number, timeoutMs: number, stop: AbortSignal): Promise<Status> {
  const body = await fetchBody(appPort, timeoutMs, stop);
  try {
    return parseStatus(body);
  } catch (error) {
    if (error instanceof StatusError) throw new PollError(error.reason, error.message);
    throw error;
  }
}

function fetchBody(appPort: number, timeoutMs: number, stop: AbortSignal): Promise<string> {
  const url = `http://localhost:${appPort}/status`;
  // one deadline for all of connect, headers and body: an application that drips bytes must not hold the poll
  const deadline = AbortSignal.timeout(timeoutMs);
  return new Promise((resolve, reject) => {
    const fail = (error: Error): void => {
      reject(
        deadline.aborted
          ? new PollError('timeout', `${url} did not answer within ${timeoutMs} ms`)
          : new PollError('connection', `${url} could not be read: ${messageOf(error)}`),
      );
    };
    // no agent: an idle connection that the application closes would make the next poll fail
    const request = http.get(url, { agent: false, signal: AbortSignal.any([deadline, stop]) }, (response) => {
      if (response.statusCode !== 200) {
        reject(new PollError('http_status', `${url} answered status ${response.statusCode}, expected 200`));
        request.destroy();
        return;
      }
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size <= largestBody) return;
        reject(new PollError('too_large', `${url} answered more than ${largestBody} bytes, expected a small object`));
        request.destroy();
      });
      response.on('error', fail);
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    });
    request.on('error', fail);
  });
}

/** Where a name has several addresses, Node joins their failures in one error whose own message is empty. */
function messageOf(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map(String).join(', ');
  return error.message;
}
