import { createHmac } from 'node:crypto';
import type { Robot, Sent } from './channel.js';

/** What the vendors' documents say of their group robots. */
interface Vendor {
  hosts: readonly string[];
  /** Path, and where its key stands. */
  path: RegExp;
  keyParam: string | null;
  /** Whether it knows signatures; WeCom's key is its only secret. */
  signs: boolean;
  /** Between two messages of one robot: WeCom and DingTalk take 20 a minute (DingTalk is then silent for ten), Feishu 100 a minute and 5 a second. */
  paceMs: number;
  /** Answers that say "too fast", for how long to be still, and what they say where the code alone means other things too. */
  tooFast: ReadonlyMap<number, { stillMs: number; says?: RegExp }>;
  /** Answers that say "not now". */
  busy: ReadonlySet<number>;
}

const MINUTE = { stillMs: 60_000 };
const TEN_MINUTES = { stillMs: 600_000 };
export const VENDORS: Record<Robot, Vendor> = {
  WECOM: { hosts: ['qyapi.weixin.qq.com'], path: /^\/cgi-bin\/webhook\/send$/, keyParam: 'key', signs: false, paceMs: 3_100, tooFast: new Map([[45009, MINUTE], [45033, MINUTE]]), busy: new Set([-1]) },
  DINGTALK: { hosts: ['oapi.dingtalk.com'], path: /^\/robot\/send$/, keyParam: 'access_token', signs: true, paceMs: 3_100, tooFast: new Map([[130101, TEN_MINUTES], [302033, TEN_MINUTES], [410100, TEN_MINUTES]]), busy: new Set([-1]) },
  FEISHU: { hosts: ['open.feishu.cn', 'open.larksuite.com'], path: /^\/open-apis\/bot\/v2\/hook\/[A-Za-z0-9-]{16,128}$/, keyParam: null, signs: true, paceMs: 650, tooFast: new Map<number, { stillMs: number; says?: RegExp }>([[11232, MINUTE], [99991400, MINUTE], [9499, { ...MINUTE, says: /too many/i }]]), busy: new Set() },
};
const KEY = /^[A-Za-z0-9_-]{16,128}$/;

/** What is wrong with a robot's address, or null. Only the vendors' own hosts over TLS, and what the operator names beside them. */
export function addressFault(robot: Robot, address: string, origins: readonly string[]): string | null {
  const vendor = VENDORS[robot];
  const example = `https://${vendor.hosts[0]!}…`;
  if (address.length > 500 || !URL.canParse(address)) return example;
  const url = new URL(address);
  const trusted = origins.includes(url.origin);
  if (!trusted && !(url.protocol === 'https:' && vendor.hosts.includes(url.hostname) && url.port === '')) return example;
  if (url.username || url.password || url.hash || !vendor.path.test(url.pathname)) return example;
  const keys = [...url.searchParams.keys()];
  if (vendor.keyParam === null ? keys.length > 0 : keys.length !== 1 || keys[0] !== vendor.keyParam || !KEY.test(url.searchParams.get(vendor.keyParam)!)) return example;
  return null;
}

/** What an address may be recognised by without being known: its host and the last four letters of its key. */
export function addressHint(robot: Robot, address: string): string {
  const url = new URL(address);
  const key = VENDORS[robot].keyParam === null ? url.pathname : url.searchParams.get(VENDORS[robot].keyParam)!;
  return `${url.host} …${key.slice(-4)}`.slice(0, 120);
}

/** DingTalk: key = secret, data = "milliseconds\nsecret", base64, for the query. */
export const dingtalkSign = (secret: string, ms: number) => createHmac('sha256', secret).update(`${ms}\n${secret}`).digest('base64');
/** Feishu: key = "seconds\nsecret", data empty, base64, for the body. */
export const feishuSign = (secret: string, seconds: number) => createHmac('sha256', `${seconds}\n${secret}`).update('').digest('base64');

/** The request that carries a text to a robot. */
export function robotRequest(robot: Robot, address: string, secret: string | null, text: string, now: Date): { url: URL; body: string } {
  const url = new URL(address);
  switch (robot) {
    case 'WECOM':
      return { url, body: JSON.stringify({ msgtype: 'text', text: { content: text } }) };
    case 'DINGTALK':
      if (secret) {
        url.searchParams.set('timestamp', String(now.getTime()));
        url.searchParams.set('sign', dingtalkSign(secret, now.getTime()));
      }
      return { url, body: JSON.stringify({ msgtype: 'text', text: { content: text } }) };
    case 'FEISHU': {
      const seconds = Math.floor(now.getTime() / 1000);
      return { url, body: JSON.stringify({ ...(secret ? { timestamp: String(seconds), sign: feishuSign(secret, seconds) } : {}), msg_type: 'text', content: { text } }) };
    }
  }
}

/**
 * What an answer means. Only a 200 with the vendor's code 0 is a success. A server that says it did nothing (429, 500, 503,
 * "busy", "too fast") is asked again; a gateway that lost the answer (502, 504) or an answer that cannot be read leaves a doubt.
 */
export function readAnswer(robot: Robot, status: number, body: string): Sent {
  const told = readJson(body);
  const code = told?.['errcode'] ?? told?.['code'] ?? told?.['StatusCode'];
  const said = told?.['errmsg'] ?? told?.['msg'] ?? told?.['StatusMessage'];
  const words = typeof said === 'string' ? said : '';
  const answer = `${robot === 'FEISHU' ? 'code' : 'errcode'} ${String(code)}${words ? ` ${words.slice(0, 200)}` : ''}`;
  const tooFast = typeof code === 'number' ? VENDORS[robot].tooFast.get(code) : undefined;
  // Whatever the status: Feishu says so with 400 or 429.
  if (tooFast && (tooFast.says?.test(words) ?? true)) return { outcome: 'RETRY', answer, afterMs: tooFast.stillMs };
  if (status === 429) return { outcome: 'RETRY', answer: 'HTTP 429', afterMs: MINUTE.stillMs };
  if (status === 500 || status === 503) return { outcome: 'RETRY', answer: `HTTP ${status}` };
  if (status === 502 || status === 504) return { outcome: 'DOUBT', answer: `HTTP ${status}` };
  // Feishu answers a refusal with status 400 and a code.
  if (typeof code !== 'number') return status === 200 ? { outcome: 'DOUBT', answer: `HTTP 200, ${body.slice(0, 80)}` } : { outcome: 'REFUSED', answer: `HTTP ${status}` };
  if (code === 0 && status === 200) return { outcome: 'SENT', answer };
  if (VENDORS[robot].busy.has(code)) return { outcome: 'RETRY', answer };
  return { outcome: 'REFUSED', answer };
}

function readJson(body: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(body);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
