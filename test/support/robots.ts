import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What happens to one message beside what the vendor's document says: an answer of its own, no answer, a broken connection once it was read. */
export type RobotManner = 'RULES' | 'HANG_UP' | 'SILENT' | { status: number; body?: string; location?: string };
export interface RobotMessage {
  robot: 'WECOM' | 'DINGTALK' | 'FEISHU';
  text: string;
  at: number;
}

/** Group chats of the three vendors on one local port, behaving as their documents say: keys, signatures, keywords, sizes, rates. */
export interface Robots {
  readonly origin: string;
  /** What was shown in the groups. */
  readonly shown: RobotMessage[];
  /** Answers that the rules gave. */
  readonly answers: number[];
  requests: number;
  manner: () => RobotManner | Promise<RobotManner>;
  secret: string | null;
  keyword: string | null;
  addressOf(robot: RobotMessage['robot']): string;
  reset(): void;
  close(): Promise<void>;
}

export const ROBOT_KEY = '693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa';
const HOUR = 3_600_000;

export async function openRobots(now: () => number): Promise<Robots> {
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const paths = { WECOM: `/cgi-bin/webhook/send?key=${ROBOT_KEY}`, DINGTALK: `/robot/send?access_token=${ROBOT_KEY}`, FEISHU: `/open-apis/bot/v2/hook/${ROBOT_KEY}` };
  const robots: Robots = {
    origin, shown: [], answers: [], requests: 0, manner: () => 'RULES', secret: null, keyword: null,
    addressOf: (robot) => origin + paths[robot],
    reset: () => {
      robots.shown.length = robots.answers.length = robots.requests = 0;
      [robots.secret, robots.keyword, robots.manner] = [null, null, () => 'RULES'];
    },
    close: () => new Promise((done) => {
      server.closeAllConnections();
      server.close(() => done());
    }),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    robots.requests++;
    const url = new URL(request.url!, origin);
    const robot = url.pathname.startsWith('/robot') ? 'DINGTALK' : url.pathname.startsWith('/open-apis') ? 'FEISHU' : 'WECOM';
    const body = JSON.parse(Buffer.concat(parts).toString('utf8')) as { text?: { content: string }; content?: { text: string }; timestamp?: string; sign?: string };
    const text = (robot === 'FEISHU' ? body.content?.text : body.text?.content) ?? '';
    const manner = await robots.manner();
    const show = () => robots.shown.push({ robot, text, at: now() });
    if (manner === 'HANG_UP') {
      show();
      return void request.socket.destroy();
    }
    if (manner === 'SILENT') return void show();
    if (manner !== 'RULES') return void response.writeHead(manner.status, manner.location ? { location: manner.location } : {}).end(manner.body ?? '');
    const code = byTheRules(robot, url, body, text, Buffer.concat(parts).length);
    if (code === 0) show();
    robots.answers.push(code);
    const message = code === 0 ? 'ok' : robot === 'FEISHU' ? { 19021: 'sign match fail or timestamp is not within one hour from current time', 19024: 'Key Words Not Found', 11232: 'frequency limited psm' }[code] ?? 'bad request' : code === 310000 ? 'keywords not in content or sign not match' : `error ${code}`;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(robot === 'FEISHU' ? { code, msg: message, data: {} } : { errcode: code, errmsg: message }));
  }

  function byTheRules(robot: RobotMessage['robot'], url: URL, body: { timestamp?: string; sign?: string }, text: string, size: number): number {
    const key = robot === 'FEISHU' ? url.pathname.split('/').at(-1) : url.searchParams.get(robot === 'WECOM' ? 'key' : 'access_token');
    const lately = (ms: number) => robots.shown.filter((m) => m.robot === robot && m.at > now() - ms).length;
    if (robot === 'WECOM') {
      if (key !== ROBOT_KEY) return 93000;
      if (lately(60_000) >= 20) return 45009;
      return Buffer.byteLength(text) > 2048 ? 40058 : 0;
    }
    if (robot === 'DINGTALK') {
      if (key !== ROBOT_KEY) return 300001;
      if (lately(60_000) >= 20) return 130101;
      if (robots.secret) {
        const at = url.searchParams.get('timestamp')!;
        const good = createHmac('sha256', robots.secret).update(`${at}\n${robots.secret}`).digest('base64') === url.searchParams.get('sign');
        if (!good || Math.abs(Number(at) - now()) > HOUR) return 310000;
      }
      return robots.keyword && !text.includes(robots.keyword) ? 310000 : size > 20_000 ? 460101 : 0;
    }
    if (key !== ROBOT_KEY) return 19001;
    if (lately(1_000) >= 5 || lately(60_000) >= 100) return 11232;
    if (robots.secret) {
      const good = createHmac('sha256', `${body.timestamp}\n${robots.secret}`).update('').digest('base64') === body.sign;
      if (!good || Math.abs(Number(body.timestamp) * 1000 - now()) > HOUR) return 19021;
    }
    return robots.keyword && !text.includes(robots.keyword) ? 19024 : size > 20_480 ? 9499 : 0;
  }
  return robots;
}
