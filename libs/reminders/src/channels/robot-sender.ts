import { lookup as dnsLookup, type LookupAddress } from 'node:dns';
import { request as http } from 'node:http';
import { request as https } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { PATIENCE_MS, type Robot, type Sent } from './channel.js';
import { addressFault, readAnswer, robotRequest } from './robots.rules.js';

/** An answer of a robot is a few words. */
const MOST_ANSWER = 64 * 1024;

/** Addresses that no vendor answers from: ours, the network's, reserved ones. */
const INSIDE = new BlockList();
for (const [net, bits] of [['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['224.0.0.0', 3]] as const) INSIDE.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [['::', 96], ['::ffff:0:0', 96], ['64:ff9b::', 96], ['fc00::', 7], ['fe80::', 10], ['ff00::', 8]] as const) INSIDE.addSubnet(net, bits, 'ipv6');

/** Resolves a vendor's name, and refuses an answer that leads into a network of our own. */
const outside: LookupFunction = (host, options, done) => {
  dnsLookup(host, { ...options, all: true }, (error, found: LookupAddress[]) => {
    if (error) return done(error, '', 0);
    const inside = found.find((a) => INSIDE.check(a.address, a.family === 6 ? 'ipv6' : 'ipv4'));
    if (inside || !found[0]) return done(Object.assign(new Error(`${host} leads to ${inside?.address ?? 'nowhere'}`), { code: 'EINSIDE' }), '', 0);
    return options.all ? done(null, found) : done(null, found[0].address, found[0].family);
  });
};

export interface RobotOrder {
  robot: Robot;
  address: string;
  secret: string | null;
  text: string;
  now: Date;
}

/** Writes into group chats. One request, no redirects, no keep-alive; what the address says is looked at again at each sending. */
export class RobotSender {
  constructor(private readonly origins: readonly string[], private readonly patienceMs = PATIENCE_MS) {}

  send({ robot, address, secret, text, now }: RobotOrder): Promise<Sent> {
    if (addressFault(robot, address, this.origins)) return Promise.resolve({ outcome: 'REFUSED', answer: 'address not allowed' });
    const { url, body } = robotRequest(robot, address, secret, text, now);
    const trusted = this.origins.includes(url.origin);
    if (!trusted && isIP(url.hostname)) return Promise.resolve({ outcome: 'REFUSED', answer: 'address not allowed' });
    return new Promise((resolve) => {
      // From the connection on the other side may have read it all: whatever breaks then leaves a doubt.
      let handed = false;
      const broken = (error: Error) => resolve({ outcome: handed ? 'DOUBT' : 'RETRY', answer: (error as NodeJS.ErrnoException).code ?? error.message });
      const sending = (url.protocol === 'https:' ? https : http)(url, {
        method: 'POST', agent: false, ...(trusted ? {} : { lookup: outside }),
        headers: { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(body), connection: 'close', 'user-agent': 'yinfeng' },
      }, (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        response.on('data', (part: Buffer) => {
          size += part.length;
          if (size > MOST_ANSWER) response.destroy(new Error('answer too long'));
          else parts.push(part);
        });
        response.on('end', () => resolve(readAnswer(robot, response.statusCode ?? 0, Buffer.concat(parts).toString('utf8'))));
        response.on('error', broken).on('aborted', () => broken(new Error('answer broke off')));
      });
      const tooLate = setTimeout(() => sending.destroy(Object.assign(new Error('no answer'), { code: 'TIMEOUT' })), this.patienceMs);
      sending.on('socket', (socket) => socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => (handed = true)));
      sending.on('error', broken).on('close', () => clearTimeout(tooLate));
      sending.end(body);
    });
  }
}
