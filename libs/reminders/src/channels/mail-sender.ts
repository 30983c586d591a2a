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

/** Hands mails to the server of SMTP_URL: one connection a message, and it is known whether the server had all of it. */
export class MailSender {
  constructor(private readonly options: NonNullable<ChannelOptions['mail']>, private readonly patienceMs = PATIENCE_MS) {}

  /** The name behind the @ of our own addresses: where our Message-IDs are at home. */
  get domain(): string {
    return addressIn(this.options.from).split('@')[1]!;
  }

  async send(order: MailOrder): Promise<Sent> {
    // Loaded by the worker that sends, and by nobody else.
    const [{ default: MailComposer }, { default: SMTPConnection }, { parseConnectionUrl }] = await Promise.all([import('nodemailer/lib/mail-composer'), import('nodemailer/lib/smtp-connection'), import('nodemailer/lib/shared')]);
    const server = parseConnectionUrl(this.options.url);
    const composed = new MailComposer({
      from: this.options.from, to: order.to, subject: order.subject, text: order.text, html: order.html, messageId: order.messageId, date: order.date, baseBoundary: order.messageId.replace(/[^A-Za-z0-9]/g, ''),
      headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' }, disableFileAccess: true, disableUrlAccess: true,
    }).compile();
    const content = await composed.build();
    const connection = new SMTPConnection({ ...server, connectionTimeout: this.patienceMs / 3, greetingTimeout: this.patienceMs / 3, socketTimeout: this.patienceMs / 2, dnsTimeout: this.patienceMs / 3 });
    return new Promise<Sent>((resolve) => {
      // Read to its end only after the server has asked for the content: from then on it may have taken the mail.
      let handed = false;
      const body = Readable.from([content], { objectMode: false });
      body.once('end', () => (handed = true));
      let told = false;
      const done = (sent: Sent) => {
        if (told) return;
        told = true;
        clearTimeout(tooLate);
        if (sent.outcome === 'SENT') connection.quit();
        else connection.close();
        resolve(sent);
      };
      const failed = (error: Error) => done(readFailure(error, handed));
      const tooLate = setTimeout(() => failed(Object.assign(new Error('no answer'), { code: 'TIMEOUT' })), this.patienceMs);
      connection.on('error', failed);
      // A server that closes in good order before it answers.
      connection.on('end', () => failed(new Error('connection closed')));
      connection.connect((error) => {
        if (error) return failed(error);
        const send = () => connection.send({ from: addressIn(this.options.from), to: [order.to] }, body, (problem, info) => (problem ? failed(problem) : done({ outcome: 'SENT', answer: String(info?.response ?? '250').slice(0, 300) })));
        if (!server.auth?.user) return send();
        connection.login({ credentials: server.auth }, (problem) => (problem ? failed(problem) : send()));
      });
    });
  }
}

/** What a failure means: the server's own words count; without them, whether it had all of the mail. */
function readFailure(error: Error & { code?: string; responseCode?: number; response?: string }, handed: boolean): Sent {
  const answer = (error.response ?? error.code ?? error.message).slice(0, 300);
  // Sign-in is the operator's business: the mail is as good as before.
  if (error.code === 'EAUTH') return { outcome: 'RETRY', answer };
  if (error.responseCode !== undefined && error.responseCode >= 500) return { outcome: 'REFUSED', answer };
  if (error.responseCode !== undefined && error.responseCode >= 400) return { outcome: 'RETRY', answer };
  return { outcome: handed ? 'DOUBT' : 'RETRY', answer };
}

const addressIn = (sender: string) => /<([^>]+)>$/.exec(sender)?.[1] ?? sender;
