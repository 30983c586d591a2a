import { SMTPServer } from 'smtp-server';
import type { AddressInfo } from 'node:net';

export interface ReceivedMail {
  to: string[];
  messageId: string;
  subject: string;
  text: string;
  html: string;
  headers: string;
}
/** What the server does with a mail once it has all of it: takes it, answers with this code, hangs up, or says nothing. */
export type Manner = 'TAKE' | 'HANG_UP' | 'SILENT' | number;

/** A mail server of our own on a free port. It keeps all it was given, also what it then refused to confirm. */
export interface Mailbox {
  readonly url: string;
  readonly mails: ReceivedMail[];
  /** Asked for each mail, in order. */
  manner: (mail: ReceivedMail) => Manner | Promise<Manner>;
  /** Answer to RCPT TO; null: fine. */
  refuse: (to: string) => { code: number; message: string } | null;
  connections: number;
  /** The server says goodbye to a connection after so many mails; null: never. */
  hangUpAfter: number | null;
  /** Before the server greets. */
  onGreeting: () => Promise<void>;
  close(): Promise<void>;
}

export async function openMailbox(options: { user?: string; pass?: string } = {}): Promise<Mailbox> {
  const perSession = new Map<string, number>();
  const sockets = (): { _socket: { destroy(): void; end(): void } }[] => [...(server as unknown as { connections: Set<{ _socket: { destroy(): void; end(): void } }> }).connections];
  const server = new SMTPServer({
    authOptional: !options.user, disableReverseLookup: true, disabledCommands: ['STARTTLS'], allowInsecureAuth: true, closeTimeout: 100,
    onConnect: (_session, done) => {
      box.connections++;
      void box.onGreeting().then(() => done());
    },
    onAuth: (auth, _session, done) => (auth.username === options.user && auth.password === options.pass ? done(null, { user: auth.username }) : done(Object.assign(new Error('535 no'), { responseCode: 535 }))),
    onRcptTo: (address, _session, done) => {
      const no = box.refuse(address.address);
      done(no ? Object.assign(new Error(no.message), { responseCode: no.code }) : undefined);
    },
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => void (async () => {
        const mail = readMail(Buffer.concat(parts).toString('utf8'), session.envelope.rcptTo.map((r: { address: string }) => r.address));
        box.mails.push(mail);
        const manner = await box.manner(mail);
        if (manner === 'TAKE') {
          done(null, 'queued');
          const taken = (perSession.get(session.id) ?? 0) + 1;
          perSession.set(session.id, taken);
          // In good order, after its answer has left.
          if (box.hangUpAfter !== null && taken >= box.hangUpAfter) for (const s of sockets()) s._socket.end();
        }
        else if (manner === 'HANG_UP') for (const s of sockets()) s._socket.destroy();
        else if (typeof manner === 'number') done(Object.assign(new Error('not this one'), { responseCode: manner }));
      })());
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.server.address() as AddressInfo;
  const box: Mailbox = {
    url: `smtp://${options.user ? `${options.user}:${options.pass}@` : ''}127.0.0.1:${port}`, mails: [], manner: () => 'TAKE', refuse: () => null, connections: 0, hangUpAfter: null, onGreeting: () => Promise.resolve(),
    close: () => new Promise((done) => {
      for (const s of sockets()) s._socket.destroy();
      server.close(done);
    }),
  };
  return box;
}

function readMail(raw: string, to: string[]): ReceivedMail {
  const [head] = raw.split('\r\n\r\n', 1) as [string];
  const headers = head.replace(/\r\n[ \t]+/g, ' ');
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(headers)?.[1] ?? '';
  const boundary = (/boundary="?([^";\r\n]+)/i.exec(headers)?.[1] ?? '').replace(/[^\w]/g, '\\$&');
  const part = (type: string) => {
    // The boundary whole: a signature begins with two hyphens too.
    const found = new RegExp(`content-type: ${type}[^]*?\r\n\r\n([^]*?)\r\n--${boundary}`, 'i').exec(raw);
    if (!found) return '';
    return /content-transfer-encoding: base64/i.test(found[0]) ? Buffer.from(found[1]!, 'base64').toString('utf8') : quotedPrintable(found[1]!);
  };
  return { to, headers, messageId: header('Message-ID'), subject: words(header('Subject')), text: part('text/plain'), html: part('text/html') };
}

const quotedPrintable = (text: string) => Buffer.from(text.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), 'latin1').toString('utf8');
const words = (text: string) => text.replace(/\?=\s+=\?/g, '?==?').replace(/=\?utf-8\?(b|q)\?([^?]*)\?=/gi, (_, kind: string, body: string) => (kind.toLowerCase() === 'b' ? Buffer.from(body, 'base64').toString('utf8') : quotedPrintable(body.replace(/_/g, ' '))));
