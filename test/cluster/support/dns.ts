import * as dgram from 'node:dgram';

/** What a name leads to: the address of the node, as all of this machine. */
const address = [10, 1, 0, 1];
const typeA = 1;
const noSuchName = 3;

/** Answers what the run's `/etc/resolv.conf` is asked for: the names given, and no others. */
export class NameServer {
  private constructor(private readonly socket: dgram.Socket) {}

  static async serve(names: readonly string[]): Promise<NameServer> {
    const known = new Set(names.filter((name) => !/^[\d.]+$/.test(name)));
    const socket = dgram.createSocket('udp4');
    socket.on('message', (query, { port, address: asker }) => socket.send(answer(query, known), port, asker));
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject);
      socket.bind(53, '127.0.0.1', resolve);
    });
    return new NameServer(socket);
  }

  stop(): Promise<void> {
    return new Promise((resolve) => this.socket.close(() => resolve()));
  }
}

/** The answer to a query for one name. Source of the format: RFC 1035, section 4. */
function answer(query: Buffer, known: ReadonlySet<string>): Buffer {
  const labels: string[] = [];
  let end = 12;
  for (let length = query[end++] ?? 0; length > 0; length = query[end++] ?? 0) {
    labels.push(query.toString('latin1', end, end + length));
    end += length;
  }
  const isKnown = known.has(labels.join('.').toLowerCase());
  const hasAddress = isKnown && query.readUInt16BE(end) === typeA;
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  // a response, recursion asked for and available
  header.writeUInt16BE(0x8180 | (isKnown ? 0 : noSuchName), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(hasAddress ? 1 : 0, 6);
  // the name of the question, type A, class IN, for a minute, four bytes
  const record = Buffer.from([0xc0, 12, 0, typeA, 0, 1, 0, 0, 0, 60, 0, 4, ...address]);
  return Buffer.concat([header, query.subarray(12, end + 4), ...(hasAddress ? [record] : [])]);
}
