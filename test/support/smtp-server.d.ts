/** What the tests use of smtp-server. */
declare module 'smtp-server' {
  import type { EventEmitter } from 'node:events';
  import type { Server } from 'node:net';
  import type { Readable } from 'node:stream';
  type Done = (error?: Error | null, result?: unknown) => void;
  interface Session { envelope: { rcptTo: { address: string }[] } }
  export class SMTPServer extends EventEmitter {
    constructor(options: {
      authOptional: boolean; disabledCommands: string[]; allowInsecureAuth: boolean; closeTimeout: number;
      onConnect(session: Session, done: Done): void;
      onAuth(auth: { username?: string; password?: string }, session: Session, done: Done): void;
      onRcptTo(address: { address: string }, session: Session, done: Done): void;
      onData(stream: Readable, session: Session, done: Done): void;
    });
    readonly server: Server;
    listen(port: number, host: string, ready: () => void): void;
    close(done: () => void): void;
  }
}
