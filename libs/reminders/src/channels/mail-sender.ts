import { Readable } from 'node:stream';
import type { ChannelOptions } from '@yinfeng/platform';
import { PATIENCE_MS, type Sent } from './channel.js';
import type { Mail } from './message.rules.js';

export interface MailOrder extends Mail {
  to: string;
  /** The same at each try of one message, so that the mail server or the reader's program knows it for the same. */
  messageId: string;
  date: Date;
}

type Connection = import('nodemailer/lib/smtp-connection').default;
/** What was answered; `lost`: the connection went before the server had any of the content. */
type Handed = Sent & { lost?: boolean };

/** Hands mails to the server of SMTP_URL, and knows of each whether the server had all of it. */
export class MailSender {
  constructor(private readonly options: NonNullable<ChannelOptions['mail']>, private readonly patienceMs = PATIENCE_MS) {}

  /** The name behind the @ of our own addresses: where our Message-IDs are at home. */
  get domain(): string {
    return addressIn(this.options.from).split('@')[1]!;
  }

  /** One connection for the mails of one job, opened by the first. To be closed. */
  session(): MailSession {
    return new MailSession(this.options, this.patienceMs);
  }
}

/** Mails over one connection, one after the other. A connection on which anything went wrong is not used again. */
export class MailSession {
  private line: { connection: Connection; failed: (error: Error) => void } | null = null;

  constructor(private readonly options: NonNullable<ChannelOptions['mail']>, private readonly patienceMs: number) {}

  async send(order: MailOrder): Promise<Sent> {
    const used = this.line !== null;
    const sent = await this.hand(order);
    // A server that hung up between two mails has nothing of the second.
    return used && sent.lost ? this.hand(order) : sent;
  }

  close(): void {
    this.line?.connection.quit();
    this.line = null;
  }

  private async hand(order: MailOrder): Promise<Handed> {
    // Loaded by the worker that sends, and by nobody else.
    const [{ default: MailComposer }, { default: SMTPConnection }, { parseConnectionUrl }] = await Promise.all([import('nodemailer/lib/mail-composer'), import('nodemailer/lib/smtp-connection'), import('nodemailer/lib/shared')]);
    const server = parseConnectionUrl(this.options.url);
    const composed = new MailComposer({
      from: this.options.from, to: order.to, subject: order.subject, text: order.text, html: order.html, messageId: order.messageId, date: order.date, baseBoundary: order.messageId.replace(/[^A-Za-z0-9]/g, ''),
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All', ...offHeaders(order.offUrl) }, disableFileAccess: true, disableUrlAccess: true,
    }).compile();
    const content = await composed.build();
    return new Promise<Handed>((resolve) => {
      // Read to its end only after the server has asked for the content: from then on it may have taken the mail.
      let handed = false;
      const body = Readable.from([content], { objectMode: false });
      body.once('end', () => (handed = true));
      let told = false;
      const done = (sent: Handed) => {
        if (told) return;
        told = true;
        clearTimeout(tooLate);
        if (this.line && sent.outcome === 'SENT') this.line.failed = () => (this.line = null);
        else this.drop(connection);
        resolve(sent);
      };
      const failed = (error: Error) => done(readFailure(error, handed));
      const tooLate = setTimeout(() => failed(Object.assign(new Error('no answer'), { code: 'TIMEOUT' })), this.patienceMs);
      const connection = this.line?.connection ?? new SMTPConnection({ ...server, connectionTimeout: this.patienceMs / 3, greetingTimeout: this.patienceMs / 3, socketTimeout: this.patienceMs / 2, dnsTimeout: this.patienceMs / 3 });
      const send = () => connection.send({ from: addressIn(this.options.from), to: [order.to] }, body, (problem, info) => (problem ? failed(problem) : done({ outcome: 'SENT', answer: String(info?.response ?? '250').slice(0, 300) })));
      if (this.line) {
        this.line.failed = failed;
        return send();
      }
      const line = (this.line = { connection, failed });
      connection.on('error', (error: Error) => line.failed(error));
      // A server that closes in good order before it answers.
      connection.on('end', () => line.failed(new Error('connection closed')));
      connection.connect((error) => {
        if (error) return failed(error);
        if (!server.auth?.user) return send();
        connection.login({ credentials: server.auth }, (problem) => (problem ? failed(problem) : send()));
      });
    });
  }

  private drop(connection: Connection): void {
    this.line = null;
    connection.close();
  }
}

/** RFC 2369; by one click (RFC 8058) over TLS alone. */
function offHeaders(url: string | null): Record<string, { prepared: true; value: string }> {
  // Prepared: a header of one address is not folded in the middle of it.
  const header = (value: string) => ({ prepared: true as const, value });
  return url === null ? {} : { 'List-Unsubscribe': header(`<${url}>`), ...(url.startsWith('https:') ? { 'List-Unsubscribe-Post': header('List-Unsubscribe=One-Click') } : {}) };
}

/** What a failure means: the server's own words count; without them, whether it had all of the mail. */
function readFailure(error: Error & { code?: string; responseCode?: number; response?: string }, handed: boolean): Handed {
  const answer = (error.response ?? error.code ?? error.message).slice(0, 300);
  // Sign-in is the operator's business: the mail is as good as before.
  if (error.code === 'EAUTH') return { outcome: 'RETRY', answer };
  if (error.responseCode !== undefined && error.responseCode >= 500) return { outcome: 'REFUSED', answer };
  if (error.responseCode !== undefined && error.responseCode >= 400) return { outcome: 'RETRY', answer };
  return handed ? { outcome: 'DOUBT', answer } : { outcome: 'RETRY', answer, lost: error.code !== 'TIMEOUT' };
}

const addressIn = (sender: string) => /<([^>]+)>$/.exec(sender)?.[1] ?? sender;
