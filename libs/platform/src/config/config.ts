import { resolve } from 'node:path';
import { z } from 'zod';
import type { S3Options } from '../files/s3-store.js';

/** What the environment says, checked. */
export interface Config {
  /** Owner's URL of the PostgreSQL server; null: embedded. */
  databaseUrl: string | null;
  /** null: jobs live in PostgreSQL. */
  redisUrl: string | null;
  port: number;
  host: string;
  /** Absolute path of the data folder. */
  dataDir: string;
  /** Make the demo zone and its accounts. */
  demo: boolean;
  production: boolean;
  logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
  /** Database connections of each process; undefined: by the cores. */
  poolSize: number | undefined;
  /** Quick jobs that one worker runs at a time. */
  jobConcurrency: number;
  /** Behind a proxy that sets X-Forwarded-For and X-Forwarded-Proto. */
  trustProxy: boolean;
  /** Origins besides our own that may open a WebSocket. */
  allowedOrigins: string[];
  /** The bucket of stored files; null: they lie in the data folder. */
  filesS3: S3Options | null;
  /** Serve GraphiQL; in production only when asked for. */
  graphiql: boolean;
  /** The ways out of the house beyond the inbox. */
  channels: ChannelOptions;
}

/** How reminders leave the house. */
export interface ChannelOptions {
  /** The mail server and whom mails are from; null: no mail. */
  mail: { url: string; from: string } | null;
  /** Origins of private deployments of WeCom, DingTalk and Feishu, beside the vendors' own. Only the operator names them: they may lie in the house's own network. */
  robotOrigins: readonly string[];
  /** Where people reach this installation; stands in messages. Absent or null: messages hold no link. */
  publicUrl?: string | null;
}

/** A wrong value: one line that names the variable, the value and what is expected. Never a password. */
export class ConfigError extends Error {
  constructor(variable: string, value: string, expected: string) {
    super(`${variable}=${JSON.stringify(withoutPassword(value))}: ${expected}`);
    this.name = 'ConfigError';
  }
}

const FLAG = '应为 1 或 0 / expected 1 or 0';
const flag = z.enum(['1', '0', 'true', 'false'], FLAG).transform((value) => value === '1' || value === 'true');
const wholeNumber = (low: number, high: number) => {
  const expected = `应为 ${low} 到 ${high} 的整数 / expected a whole number from ${low} to ${high}`;
  return z.string().regex(/^\d{1,9}$/, expected).transform(Number).refine((n) => n >= low && n <= high, expected);
};
const address = (schemes: string[], example: string) => {
  const expected = `应为形如 ${example} 的地址 / expected an address like ${example}`;
  return z.string().refine((value) => {
    const url = URL.canParse(value) ? new URL(value) : null;
    return url !== null && schemes.includes(url.protocol) && url.hostname !== '';
  }, expected);
};
const origins = (example: string) => z.string().default('').transform((list) => list.split(',').map((item) => item.trim()).filter(Boolean))
  .refine((all) => all.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin), `应为以逗号分隔的来源，如 ${example} / expected origins separated by commas, such as ${example}`);
const databaseAddress = address(['postgres:', 'postgresql:'], 'postgresql://user:password@host:5432/database')
  .refine((value) => URL.canParse(value) && new URL(value).pathname.length > 1, '缺少数据库名，应形如 postgresql://user:password@host:5432/database / the database name is missing, expected postgresql://user:password@host:5432/database');

/** Every variable and what it may be. An empty value counts as absent. */
const VARIABLES = {
  DATABASE_URL: databaseAddress.optional(),
  REDIS_URL: address(['redis:', 'rediss:'], 'redis://host:6379/0').optional(),
  PORT: wholeNumber(1, 65535).default(3000),
  HOST: z.string().regex(/^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9a-fA-F:]*:[0-9a-fA-F:.]*)$/, '应为本机的地址或主机名，如 127.0.0.1 或 0.0.0.0 / expected an address or name of this machine, such as 127.0.0.1 or 0.0.0.0').default('127.0.0.1'),
  YINFENG_DATA: z.string().refine((value) => !value.includes('\0'), '应为文件夹路径 / expected the path of a folder').default('.data'),
  YINFENG_DEMO: flag.optional(),
  NODE_ENV: z.enum(['development', 'production', 'test'], '应为 development、production 或 test / expected development, production or test').optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], '应为 fatal、error、warn、info、debug 或 silent / expected fatal, error, warn, info, debug or silent').default('info'),
  YINFENG_POOL_SIZE: wholeNumber(2, 200).optional(),
  YINFENG_JOB_CONCURRENCY: wholeNumber(1, 64).default(4),
  YINFENG_TRUST_PROXY: flag.default(false),
  FILES_S3_ENDPOINT: address(['http:', 'https:'], 'https://s3.example.gov.cn').optional(),
  FILES_S3_BUCKET: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, '应为 3 到 63 位小写字母、数字、点、横线 / expected 3 to 63 lower-case letters, digits, dots and hyphens').optional(),
  FILES_S3_REGION: z.string().regex(/^[A-Za-z0-9-]{1,40}$/, '应为区域名，如 cn-north-1 / expected the name of a region, such as cn-north-1').default('us-east-1'),
  FILES_S3_ACCESS_KEY: z.string().optional(),
  FILES_S3_SECRET_KEY: z.string().optional(),
  FILES_S3_PATH_STYLE: flag.default(true),
  SMTP_URL: address(['smtp:', 'smtps:'], 'smtps://user:password@mail.example.gov.cn:465').optional(),
  MAIL_FROM: z.string().max(254).regex(/^(?:[^<>\r\n"]{1,80} <[^\s@<>"]+@[^\s@<>"]+>|[^\s@<>"]+@[^\s@<>"]+)$/, '应为发件人，如 引凤 <yinfeng@example.gov.cn> / expected a sender, such as Yinfeng <yinfeng@example.gov.cn>').optional(),
  YINFENG_ROBOT_ORIGINS: origins('https://weixin.example.gov.cn'),
  YINFENG_PUBLIC_URL: address(['http:', 'https:'], 'https://crm.example.gov.cn').refine((value) => !/[@?#<>\s]/.test(value) && value.length <= 200, '应为不含账号和参数的地址，如 https://crm.example.gov.cn / expected an address without account and parameters, such as https://crm.example.gov.cn').transform((value) => new URL(value.endsWith('/') ? value : `${value}/`).href).optional(),
  YINFENG_GRAPHIQL: flag.optional(),
  YINFENG_ALLOWED_ORIGINS: origins('https://crm.example.gov.cn'),
};

/**
 * Reads the settings from the environment.
 * @throws ConfigError for the first variable whose value is wrong.
 */
export function readConfig(env: Record<string, string | undefined> = process.env): Config {
  const read = <Name extends keyof typeof VARIABLES>(name: Name): z.output<(typeof VARIABLES)[Name]> => {
    const value = env[name] === '' ? undefined : env[name];
    const result = VARIABLES[name].safeParse(value);
    if (!result.success) throw new ConfigError(name, value ?? '', result.error.issues[0]!.message);
    return result.data as z.output<(typeof VARIABLES)[Name]>;
  };
  // All of a bucket, or nothing: half a setting would quietly keep the files in the data folder.
  const filesS3 = (endpoint: string | undefined): S3Options | null => {
    const [region, pathStyle] = [read('FILES_S3_REGION'), read('FILES_S3_PATH_STYLE')];
    const others = { FILES_S3_ENDPOINT: endpoint, FILES_S3_BUCKET: read('FILES_S3_BUCKET'), FILES_S3_ACCESS_KEY: read('FILES_S3_ACCESS_KEY'), FILES_S3_SECRET_KEY: read('FILES_S3_SECRET_KEY') };
    const { FILES_S3_ENDPOINT, FILES_S3_BUCKET: bucket, FILES_S3_ACCESS_KEY: accessKey, FILES_S3_SECRET_KEY: secretKey } = others;
    const missing = Object.entries(others).find(([, value]) => value === undefined)?.[0];
    if (missing === undefined) return { endpoint: FILES_S3_ENDPOINT!, bucket: bucket!, region, accessKey: accessKey!, secretKey: secretKey!, pathStyle };
    if (Object.values(others).some((value) => value !== undefined)) throw new ConfigError(missing, '', '使用 S3 存放文件时须与其余 FILES_S3_* 一并给出 / needed together with the other FILES_S3_* when files lie in S3');
    return null;
  };
  const mail = (url: string | undefined, from: string | undefined): ChannelOptions['mail'] => {
    if (url !== undefined && from === undefined) throw new ConfigError('MAIL_FROM', '', '与 SMTP_URL 一并给出 / needed together with SMTP_URL');
    if (url === undefined && from !== undefined) throw new ConfigError('SMTP_URL', '', '与 MAIL_FROM 一并给出 / needed together with MAIL_FROM');
    return url === undefined ? null : { url, from: from! };
  };
  const databaseUrl = read('DATABASE_URL') ?? null;
  const production = read('NODE_ENV') === 'production';
  return {
    databaseUrl,
    redisUrl: read('REDIS_URL') ?? null,
    port: read('PORT'),
    host: read('HOST'),
    dataDir: resolve(read('YINFENG_DATA')),
    // A server of one's own may hold real people: there the demo accounts come only when asked for, in production never.
    demo: !production && (read('YINFENG_DEMO') ?? databaseUrl === null),
    production,
    logLevel: read('LOG_LEVEL'),
    poolSize: read('YINFENG_POOL_SIZE'),
    jobConcurrency: read('YINFENG_JOB_CONCURRENCY'),
    trustProxy: read('YINFENG_TRUST_PROXY'),
    allowedOrigins: read('YINFENG_ALLOWED_ORIGINS'),
    filesS3: filesS3(read('FILES_S3_ENDPOINT')),
    graphiql: read('YINFENG_GRAPHIQL') ?? !production,
    channels: { mail: mail(read('SMTP_URL'), read('MAIL_FROM')), robotOrigins: read('YINFENG_ROBOT_ORIGINS'), publicUrl: read('YINFENG_PUBLIC_URL') ?? null },
  };
}

/** An address as it may be shown: user, host and database, no password. */
export function withoutPassword(value: string): string {
  return value
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)?([^/@:\s]*):(?!\/\/)[^\s]*@/i, '$1$2:***@')
    .replace(/([?&](?:password|pass|pwd|sslpassword)=)[^&\s]*/gi, '$1***');
}
