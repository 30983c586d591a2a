import { STAGES, type Stage, type ProjectStatus } from '@yinfeng/recruitment';

/** What a project is counted under. */
export interface Dims {
  departmentId: string | null;
  ownerId: string | null;
  parkId: string | null;
  industry: string | null;
  province: string | null;
  capital: string;
  total: number | null;
  currency: 'CNY' | 'USD' | 'EUR';
  fixed: number | null;
}
export interface State {
  stage: Stage;
  status: ProjectStatus;
  at: number;
}
interface Piece {
  from: number;
  stands: boolean;
  stage: Stage;
  dims: Dims;
}

/** The naive model of one project: its whole history as pieces, rewritten at every change. Nothing here knows how the books are kept. */
export class ShadowProject {
  pieces: Piece[];
  milestones: { kind: string; on: string; voided: boolean }[] = [];
  deleted = false;

  constructor(readonly id: string, public prior: State[], public state: State, public dims: Dims) {
    const all = [...prior, state];
    const instants = [...new Set(all.map((s) => s.at))].sort((a, b) => a - b);
    this.pieces = instants.map((from) => {
      const s = all.filter((x) => x.at <= from).at(-1)!;
      return { from, stands: s.status === 'ACTIVE', stage: s.stage, dims };
    });
    this.tidy();
  }

  /** Only dimensions or amounts change, now. */
  change(dims: Dims, now: number): void {
    if (JSON.stringify(dims) === JSON.stringify(this.dims)) return;
    this.dims = dims;
    if (this.state.status !== 'ACTIVE') return;
    const at = Math.max(now, this.lastBooked());
    this.write(at, () => ({ stands: true, stage: this.state.stage, dims }));
  }

  /** The state changes (or the instant since when it holds), perhaps with dimensions. */
  move(next: State, dims: Dims): void {
    const was = this.state;
    const brought = was.status !== 'ACTIVE' || JSON.stringify(dims) !== JSON.stringify(this.dims);
    const old = this.pieces.map((p) => ({ ...p }));
    const same = next.stage === was.stage && next.status === was.status;
    const before = [...old].reverse().find((p) => p.from < was.at);
    this.state = next;
    this.dims = dims;
    if (same && next.at > was.at) this.write(was.at, (t) => ({ stands: before?.stands ?? false, stage: before?.stage ?? next.stage, dims: onRecord(old, t) ?? dims }));
    this.write(next.at, (t) => ({ stands: next.status === 'ACTIVE', stage: next.stage, dims: brought ? dims : (onRecord(old, t) ?? dims) }), old);
  }

  /** The whole history is told anew, up to the present state. */
  retell(prior: State[], next: State, dims: Dims): void {
    const brought = this.state.status !== 'ACTIVE' || JSON.stringify(dims) !== JSON.stringify(this.dims);
    const old = this.pieces.map((p) => ({ ...p }));
    const all = [...prior, next];
    this.prior = prior;
    this.state = next;
    this.dims = dims;
    const instants = [...new Set([...all.map((s) => s.at), ...old.map((p) => p.from)])].sort((a, b) => a - b);
    this.pieces = instants.map((from) => {
      const s = all.filter((x) => x.at <= from).at(-1);
      return { from, stands: s?.status === 'ACTIVE', stage: s?.stage ?? next.stage, dims: brought && from >= next.at ? dims : (onRecord(old, from) ?? dims) };
    });
    this.tidy();
  }

  at(t: number): { stage: Stage; dims: Dims } | null {
    const piece = this.deleted ? undefined : [...this.pieces].reverse().find((p) => p.from <= t);
    return piece?.stands ? piece : null;
  }

  now(): { stage: Stage; dims: Dims } | null {
    return !this.deleted && this.state.status === 'ACTIVE' ? { stage: this.state.stage, dims: this.dims } : null;
  }

  private lastBooked(): number {
    return this.pieces.at(-1)?.from ?? -Infinity;
  }

  private write(from: number, value: (t: number) => Omit<Piece, 'from'>, old: Piece[] = this.pieces): void {
    const instants = [from, ...old.map((p) => p.from).filter((t) => t > from)];
    this.pieces = [...this.pieces.filter((p) => p.from < from), ...instants.map((t) => ({ from: t, ...value(t) }))];
    this.tidy();
  }

  /** Neighbours that say the same are one; nothing is remembered of the time before the first standing. */
  private tidy(): void {
    const out: Piece[] = [];
    for (const p of this.pieces) {
      const last = out.at(-1);
      if (!last ? !p.stands : last.stands === p.stands && (!p.stands || (last.stage === p.stage && JSON.stringify(last.dims) === JSON.stringify(p.dims)))) continue;
      out.push(p);
    }
    this.pieces = out;
  }
}

/** Dimensions on record at t: of what stood, else of what stood last before, else first after. */
function onRecord(pieces: Piece[], t: number): Dims | undefined {
  return ([...pieces].reverse().find((p) => p.stands && p.from <= t) ?? pieces.find((p) => p.stands))?.dims;
}

/** The figures of a set of projects by stage, as the service shows them. */
export function sumUp(all: { stage: Stage; dims: Dims }[]) {
  const money = (n: number) => String(n);
  const sums = (own: { dims: Dims }[]) => ({
    count: own.length,
    totalInvestment: money(own.reduce((n, p) => n + (p.dims.currency === 'CNY' ? (p.dims.total ?? 0) : 0), 0)),
    foreignInvestment: money(own.reduce((n, p) => n + (p.dims.currency === 'USD' ? (p.dims.total ?? 0) : 0), 0)),
    fixedInvestment: money(own.reduce((n, p) => n + (p.dims.fixed ?? 0), 0)),
  });
  return STAGES.map((stage) => ({ stage, ...sums(all.filter((p) => p.stage === stage)) }));
}
