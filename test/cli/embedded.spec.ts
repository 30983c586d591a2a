import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startEmbedded } from '@yinfeng/platform';
import { commandLine, type CommandLine } from './command-line.js';

let folder: string;
let yinfeng: CommandLine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yinfeng 数据 '));
  yinfeng = commandLine(null, folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Whether the server of the folder takes connections. */
const isRunning = () => new Promise<boolean>((done) => {
  const { port } = JSON.parse(readFileSync(join(folder, 'postgres/server.json'), 'utf8')) as { port: number };
  const socket = connect(port, '127.0.0.1', () => { socket.destroy(); done(true); });
  socket.on('error', () => done(false));
});

describe('without DATABASE_URL', () => {
  it('help and wrong use start no database', async () => {
    expect((await yinfeng(['--help'])).code).toBe(0);
    expect((await yinfeng(['zone:create'])).code).toBe(2);
    expect(existsSync(join(folder, 'postgres'))).toBe(false);
  });

  it('a command brings the embedded database up for its own time, and gives every zone its own', async () => {
    const first = await yinfeng(['pipeline:stock', '--json']);
    expect([first.code, first.json()]).toMatchObject([0, { reserve: { count: 0 } }]);
    expect(await isRunning()).toBe(false);
    // The demo zone, as on the first start, and one of the operator's own.
    expect(await yinfeng(['zone:create', '--code', 'OWN', '--name', '自己的区'])).toMatchObject({ code: 0 });
    expect(await yinfeng(['token:create', '--zone', 'DEMO', '--email', 'manager@demo', '--name', '试用'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^yf_/) });
    expect(await yinfeng(['token:create', '--zone', 'OWN', '--email', 'manager@demo', '--name', '试用'])).toMatchObject({ code: 1, stdout: '' });
  });

  it('a command joins the server that runs already, and leaves it running', async () => {
    const server = await startEmbedded({ folder: join(folder, 'postgres') });
    try {
      expect(await yinfeng(['audit:verify', '--json'])).toMatchObject({ code: 0 });
      expect(await isRunning()).toBe(true);
    } finally {
      await server.stop();
    }
    expect(await isRunning()).toBe(false);
  });
});
