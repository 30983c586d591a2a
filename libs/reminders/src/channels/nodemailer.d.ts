/** What we use of nodemailer's parts. */
declare module 'nodemailer/lib/mail-composer' {
  export default class MailComposer {
    constructor(mail: Record<string, unknown>);
    compile(): { build(): Promise<Buffer> };
  }
}
declare module 'nodemailer/lib/shared' {
  export function parseConnectionUrl(url: string): { auth?: { user: string; pass: string } } & Record<string, unknown>;
}
declare module 'nodemailer/lib/smtp-connection' {
  import type { EventEmitter } from 'node:events';
  import type { Readable } from 'node:stream';
  export default class SMTPConnection extends EventEmitter {
    constructor(options: Record<string, unknown>);
    connect(done: (error?: Error) => void): void;
    login(auth: { credentials: { user: string; pass: string } }, done: (error: Error | null) => void): void;
    send(envelope: { from: string; to: string[] }, body: Readable, done: (error: Error | null, info?: { response?: string }) => void): void;
    quit(): void;
    close(): void;
  }
}
