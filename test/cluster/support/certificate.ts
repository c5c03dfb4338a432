import * as crypto from 'node:crypto';

/** A certificate with its key, both PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

/** DER tags, as far as they are needed. */
const tags = { integer: 0x02, bits: 0x03, oid: 0x06, text: 0x0c, time: 0x18, sequence: 0x30, set: 0x31 } as const;

/**
 * A certificate signed by itself, for servers and clients alike: X.509 in its first version, which whoever has it among
 * their authorities trusts. Node.js can read certificates but makes none.
 */
export function writeCertificate(name: string): Certificate {
  const { publicKey, privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
  // 2.5.4.3 is commonName, 1.2.840.10045.4.3.2 is ecdsa-with-SHA256
  const commonName = der('sequence', der('oid', Buffer.from('550403', 'hex')), der('text', Buffer.from(name)));
  const subject = der('sequence', der('set', commonName));
  const algorithm = der('sequence', der('oid', Buffer.from('2a8648ce3d040302', 'hex')));
  const validity = ['20200101000000Z', '20991231235959Z'].map((time) => der('time', Buffer.from(time)));
  const content = der(
    'sequence',
    der('integer', Buffer.of(1)),
    algorithm,
    subject,
    der('sequence', ...validity),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = crypto.sign('sha256', content, privateKey);
  const whole = der('sequence', content, algorithm, der('bits', Buffer.of(0), signature));
  const lines = whole.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function der(tag: keyof typeof tags, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  // the shortest form that holds it, as DER demands
  const size =
    length < 0x80
      ? Buffer.of(length)
      : length < 0x100
        ? Buffer.of(0x81, length)
        : Buffer.of(0x82, length >> 8, length & 0xff);
  return Buffer.concat([Buffer.of(tags[tag]), size, content]);
}
