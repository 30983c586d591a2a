import { type Command, InvalidArgumentError } from 'commander';
import { BUCKETS, type Dimension, DIMENSIONS, endOfDay, type Figure, FLOWS, PipelineService, type StageFigure } from '@yinfeng/pipeline';
import type { Actor, Database } from '@yinfeng/platform';
import { ProjectsService } from '@yinfeng/recruitment';

/** What the command line gives to these commands. */
export interface PipelineCommandContext {
  /** Connects, finds the zone by its code (the only one when absent), works as the system of that zone, and disconnects. */
  inZone<T>(code: string | undefined, work: (db: Database, actor: Actor) => Promise<T>): Promise<T>;
  /** With json the object alone on standard output, else the text for people. */
  print(json: boolean, object: object, text: () => string): void;
}

/** `pipeline:stock` and `pipeline:flow`: the figures of the API's fields of the same names, in the same shape. */
export function registerPipelineCommands(program: Command, context: PipelineCommandContext): void {
  program
    .command('pipeline:stock')
    .description('各阶段在库项目数与金额 / projects and amounts at each stage, now or at a past moment')
    .option('--zone <code>', '园区代码 / code of the zone')
    .option('--as-of <moment>', '日期（该日终了）或 RFC 3339 时刻 / a day (its end, Shanghai) or an RFC 3339 instant', readMoment)
    .option('--by <dimension>', `分项 / break down by ${DIMENSIONS.join(', ')}`, readDimension)
    .option('--json', '输出 JSON / print one JSON object')
    .action(async (o: { zone?: string; asOf?: Date; by?: Dimension; json?: boolean }) => {
      const stock = await context.inZone(o.zone, (db, actor) => new PipelineService(db, new ProjectsService(db)).stock(actor, { asOf: o.asOf, by: o.by ? [o.by] : [] }));
      const answer = {
        asOf: stock.asOf.toISOString(),
        ...Object.fromEntries(BUCKETS.map((b) => [b, bare(stock[b])])),
        stages: stock.stages.map(stage),
        ...(o.by ? { by: stock.by[o.by]!.map((d) => ({ key: d.key, label: d.label, ...bare(d), ...Object.fromEntries(BUCKETS.map((b) => [b, bare(d[b])])), stages: d.stages.map(stage) })) } : {}),
      };
      context.print(o.json ?? false, answer, () => [
        `截至 / as of ${answer.asOf}`,
        ...stock.stages.map((s) => line(`${s.label} ${s.stage}`, s)),
        ...(o.by ? ['', ...stock.by[o.by]!.map((d) => line(d.label, d))] : []),
      ].join('\n'));
    });

  program
    .command('pipeline:flow')
    .description('期间内达到各节点的项目数（去重，按计入日期） / distinct projects that reached each milestone in a period')
    .option('--zone <code>', '园区代码 / code of the zone')
    .requiredOption('--from <date>', '起始日 / first day', readDay)
    .requiredOption('--to <date>', '截止日（含） / last day, included', readDay)
    .option('--by <dimension>', `分项 / break down by ${DIMENSIONS.join(', ')}`, readDimension)
    .option('--json', '输出 JSON / print one JSON object')
    .action(async (o: { zone?: string; from: string; to: string; by?: Dimension; json?: boolean }) => {
      const flow = await context.inZone(o.zone, (db, actor) => new PipelineService(db, new ProjectsService(db)).flow(actor, { from: o.from, to: o.to, by: o.by ? [o.by] : [] }));
      const answer = {
        from: flow.from, to: flow.to,
        ...Object.fromEntries(FLOWS.map((f) => [f, bare(flow[f])])),
        ...(o.by ? { by: flow.by[o.by]!.map((d) => ({ key: d.key, label: d.label, ...Object.fromEntries(FLOWS.map((f) => [f, bare(d[f])])) })) } : {}),
      };
      context.print(o.json ?? false, answer, () => [`${flow.from} — ${flow.to}`, ...FLOWS.map((f) => line(f, flow[f]))].join('\n'));
    });
}

const bare = ({ count, totalInvestment, foreignInvestment, fixedInvestment, rule }: Figure) => ({ count, totalInvestment, foreignInvestment, fixedInvestment, rule });
const stage = (s: StageFigure) => ({ stage: s.stage, label: s.label, ...bare(s) });
const line = (label: string, f: Figure) => `${label}\t${f.count} 个\t${f.totalInvestment} 元\t${f.foreignInvestment} 美元`;

/** @throws InvalidArgumentError unless it is an existing day. */
function readDay(text: string): string {
  const at = new Date(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(at.getTime()) || !at.toISOString().startsWith(text)) throw new InvalidArgumentError(`“${text}”不是日期，应如 2024-12-31 / not a day such as 2024-12-31`);
  return text;
}

function readMoment(text: string): Date {
  if (!text.includes('T')) return endOfDay(readDay(text));
  const at = new Date(text);
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/i.test(text) || Number.isNaN(at.getTime())) throw new InvalidArgumentError(`“${text}”不是时刻，应如 2024-12-31T23:59:59+08:00 / not an RFC 3339 instant`);
  return at;
}

function readDimension(text: string): Dimension {
  const found = DIMENSIONS.find((d) => d === text.toUpperCase());
  if (!found) throw new InvalidArgumentError(`“${text}”不是分项 / not one of ${DIMENSIONS.join(', ')}`);
  return found;
}
