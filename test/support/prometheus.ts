/** One line of figures. */
export interface Sample { name: string; labels: Record<string, string>; value: number }

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LINE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)(?: -?\\d+)?$`);

/** Reads Prometheus' text format as strictly as Prometheus does. @throws Error naming the line that is not well formed. */
export function readPrometheus(text: string): { samples: Sample[]; types: Map<string, string> } {
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  const seen = new Set<string>();
  if (!text.endsWith('\n')) throw new Error('the last line has no end');
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('# HELP ')) continue;
    const [, typed, type] = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`).exec(line) ?? [];
    if (typed !== undefined) {
      if (types.has(typed)) throw new Error(`typed twice: ${line}`);
      types.set(typed, type!);
      continue;
    }
    const [, name, inside, number] = LINE.exec(line) ?? [];
    if (name === undefined) throw new Error(`no figure: ${line}`);
    const labels: Record<string, string> = {};
    let rest = inside ?? '';
    while (rest !== '') {
      const [all, label, value] = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/.exec(rest) ?? [];
      if (all === undefined || label! in labels) throw new Error(`no labels: ${line}`);
      labels[label!] = value!;
      rest = rest.slice(all.length);
    }
    const value = number === '+Inf' ? Infinity : number === '-Inf' ? -Infinity : number === 'Nan' || number === 'NaN' ? Number.NaN : Number(number);
    if (Number.isNaN(value) && !/^nan$/i.test(number!)) throw new Error(`no number: ${line}`);
    const series = `${name}{${Object.entries(labels).sort().map(([k, v]) => `${k}=${v}`).join()}}`;
    if (seen.has(series)) throw new Error(`told twice: ${line}`);
    seen.add(series);
    const family = name.replace(/_(?:bucket|sum|count)$/, '');
    if (!types.has(name) && !types.has(family)) throw new Error(`no type: ${line}`);
    samples.push({ name, labels, value });
  }
  return { samples, types };
}
