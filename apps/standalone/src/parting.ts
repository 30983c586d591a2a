/** Loaded before API and worker when npm start runs them: they leave when their starter has gone, however it went. */
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
// An IPC channel with a listener would keep a process alive that has ended its work.
process.channel?.unref();
export {};
