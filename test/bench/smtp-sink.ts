import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** A mail server that takes everything at once: it greets without the pause of a real one, so that what is measured is ours. */
export async function openSink(onMail: (raw: string) => void): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((socket) => {
    let text = '';
    let inMail = false;
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.write('220 sink\r\n');
    socket.on('data', (piece) => {
      text += piece.toString('latin1');
      for (;;) {
        const end = text.indexOf(inMail ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const said = text.slice(0, end);
        text = text.slice(end + (inMail ? 5 : 2));
        if (inMail) onMail(said);
        inMail = !inMail && /^DATA/i.test(said);
        socket.write(inMail ? '354 go on\r\n' : /^QUIT/i.test(said) ? '221 bye\r\n' : /^EHLO/i.test(said) ? '250 sink\r\n' : '250 ok\r\n');
        if (/^QUIT/i.test(said)) socket.end();
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => new Promise((done) => server.close(() => done())) };
}
