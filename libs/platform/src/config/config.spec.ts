import { describe, expect, it } from '@jest/globals';
import { resolve } from 'node:path';
import { ConfigError, readConfig, withoutPassword } from './config.js';

describe('the settings', () => {
  it('have defaults for everything', () => {
    expect(readConfig({})).toMatchObject({ databaseUrl: null, redisUrl: null, port: 3000, host: '127.0.0.1', dataDir: resolve('.data'), demo: true, production: false, logLevel: 'info' });
  });

  it('take an empty value for an absent one', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '', NODE_ENV: '' })).toEqual(readConfig({}));
  });

  it.each([
    [{}, true],
    [{ YINFENG_DEMO: '0' }, false],
    [{ DATABASE_URL: 'postgresql://u@h/d' }, false],
    [{ DATABASE_URL: 'postgresql://u@h/d', YINFENG_DEMO: '1' }, true],
    [{ NODE_ENV: 'production' }, false],
    [{ NODE_ENV: 'production', YINFENG_DEMO: '1' }, false],
  ])('%j: demo accounts %s', (env, demo) => {
    expect(readConfig(env).demo).toBe(demo);
  });

  it.each([
    ['PORT', 'abc', /^PORT="abc": .*1 to 65535/],
    ['PORT', '0', /^PORT="0": /],
    ['PORT', '65536', /^PORT="65536": /],
    ['PORT', '3000.5', /^PORT="3000.5": /],
    ['PORT', '-1', /^PORT="-1": /],
    ['HOST', 'http://x', /^HOST="http:\/\/x": /],
    ['HOST', 'a b', /^HOST="a b": /],
    ['DATABASE_URL', 'mysql://localhost/x', /^DATABASE_URL="mysql:\/\/localhost\/x": .*postgresql:\/\//],
    ['DATABASE_URL', 'localhost', /^DATABASE_URL="localhost": /],
    ['DATABASE_URL', 'postgresql://h', /^DATABASE_URL="postgresql:\/\/h": .*database name is missing/],
    ['REDIS_URL', 'localhost:6379', /^REDIS_URL="localhost:6379": .*redis:\/\//],
    ['YINFENG_DEMO', 'yes', /^YINFENG_DEMO="yes": .*1 or 0/],
    ['NODE_ENV', 'prod', /^NODE_ENV="prod": .*production/],
    ['LOG_LEVEL', 'loud', /^LOG_LEVEL="loud": .*warn/],
    ['YINFENG_POOL_SIZE', '1', /^YINFENG_POOL_SIZE="1": .*2 to 200/],
    ['YINFENG_ALLOWED_ORIGINS', 'crm.example', /^YINFENG_ALLOWED_ORIGINS="crm.example": /],
    ['YINFENG_ROBOT_ORIGINS', 'https://weixin.example/path', /^YINFENG_ROBOT_ORIGINS="https:\/\/weixin.example\/path": /],
    ['SMTP_URL', 'mail.example:25', /^SMTP_URL="mail.example:25": .*smtps:/],
    ['SMTP_URL', 'smtp://mail.example', /^MAIL_FROM="": .*SMTP_URL/],
    ['MAIL_FROM', 'yinfeng', /^MAIL_FROM="yinfeng": .*sender/],
    ['MAIL_FROM', 'yinfeng@example.gov.cn', /^SMTP_URL="": .*MAIL_FROM/],
    ['FILES_S3_ENDPOINT', 's3.example', /^FILES_S3_ENDPOINT="s3.example": .*https:/],
    ['FILES_S3_BUCKET', 'Yin Feng', /^FILES_S3_BUCKET="Yin Feng": .*3 to 63/],
    ['FILES_S3_REGION', 'cn north', /^FILES_S3_REGION="cn north": /],
    ['FILES_S3_PATH_STYLE', 'ja', /^FILES_S3_PATH_STYLE="ja": .*1 or 0/],
    ['FILES_S3_SECRET_KEY', 's3cret', /^FILES_S3_ENDPOINT="": .*FILES_S3_\*/],
  ])('%s=%s is refused in one line', (name, value, message) => {
    const refused = () => readConfig({ [name]: value });
    expect(refused).toThrow(ConfigError);
    expect(refused).toThrow(message);
    try { refused(); } catch (error) { expect((error as Error).message).not.toContain('\n'); }
  });

  it.each([
    ['DATABASE_URL', 'postgresql://u:s3cret@h'],
    ['DATABASE_URL', 'mysql://u:s3cret@h/d'],
    ['DATABASE_URL', 'mysql://u:s3c/ret@s3cret@h/d'],
    ['DATABASE_URL', 'mysql://u:@h/d?password=s3cret&x=1'],
    ['DATABASE_URL', 'u:s3cret@h/d'],
    ['REDIS_URL', 'http://:s3cret@h'],
    ['SMTP_URL', 'http://u:s3cret@h'],
  ])('%s shows no password (%s)', (name, value) => {
    let said = '';
    try { readConfig({ [name]: value }); } catch (error) { said = (error as Error).message; }
    expect(said).toContain(name);
    expect(said).not.toMatch(/s3c/);
  });

  it('put files into a bucket only when all of it is named', () => {
    const all = { FILES_S3_ENDPOINT: 'https://s3.example', FILES_S3_BUCKET: 'yinfeng', FILES_S3_ACCESS_KEY: 'a', FILES_S3_SECRET_KEY: 'b' };
    expect(readConfig({}).filesS3).toBeNull();
    expect(readConfig(all).filesS3).toEqual({ endpoint: 'https://s3.example', bucket: 'yinfeng', region: 'us-east-1', accessKey: 'a', secretKey: 'b', pathStyle: true });
    for (const name of Object.keys(all)) expect(() => readConfig({ ...all, [name]: '' })).toThrow(`${name}="": `);
  });

  it('send mail only from somebody and by some server', () => {
    expect(readConfig({}).channels).toEqual({ mail: null, robotOrigins: [], publicUrl: null });
    expect(readConfig({ SMTP_URL: 'smtps://u:p@mail.example:465', MAIL_FROM: '引凤 <yinfeng@example.gov.cn>', YINFENG_ROBOT_ORIGINS: 'https://weixin.example, http://10.0.0.8:8080' }).channels)
      .toEqual({ mail: { url: 'smtps://u:p@mail.example:465', from: '引凤 <yinfeng@example.gov.cn>' }, robotOrigins: ['https://weixin.example', 'http://10.0.0.8:8080'], publicUrl: null });
  });

  it('name in messages only an address that people may open', () => {
    expect(readConfig({ YINFENG_PUBLIC_URL: 'https://crm.example.gov.cn' }).channels.publicUrl).toBe('https://crm.example.gov.cn/');
    for (const wrong of ['crm.example.gov.cn', 'ftp://crm.example', 'https://u:p@crm.example', 'https://crm.example/?a=1', 'https://crm.example/#x']) expect(() => readConfig({ YINFENG_PUBLIC_URL: wrong })).toThrow(/^YINFENG_PUBLIC_URL=/);
  });

  it('leave an address without a password as it is', () => {
    expect(withoutPassword('postgresql://u@h:5432/d')).toBe('postgresql://u@h:5432/d');
  });
});
