import { Args, Context, ID, Info, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { type Decision, ImportReads, ImportsService, LedgerExports, type SavedMapping } from '@yinfeng/ledgers';
import { type Actor, globalId, localId } from '@yinfeng/platform';
import { ProjectsService } from '@yinfeng/recruitment';
import type { GraphQLResolveInfo } from 'graphql';
import { Can } from '../graphql/can.js';
import { actorOf, type RequestContext } from '../graphql/context.js';
import { outcome } from '../graphql/errors.js';
import { demandFound, idOf } from '../graphql/ids.js';
import { loader } from '../graphql/loaders.js';
import { connection, ForwardPageArgs } from '../graphql/relay.js';
import { selected, selectedNodes } from '../graphql/selection.js';
import { NodeResolver } from '../node/node.resolver.js';
import { ImportCancelInput, ImportConfirmInput, ImportRowFilter, ImportRowsExportInput, ImportSheetInput, ImportUndoInput, LedgerImportFilter, LedgerImportInput } from './imports.inputs.js';
import { ImportPayload, ImportRow, ImportRowConnection, ImportRowsPayload, LedgerImport, LedgerImportConnection } from './imports.types.js';

@Resolver(() => LedgerImport)
export class ImportsResolver {
  constructor(
    private readonly imports: ImportsService,
    private readonly reads: ImportReads,
    private readonly exports: LedgerExports,
  ) {
    NodeResolver.readers.set('LedgerImport', (actor, id, shape) => reads.byId(actor, id, shape));
  }

  @Can('import.read')
  @Query(() => LedgerImport, { description: 'One import; NOT_FOUND when there is none in this zone.' })
  async ledgerImport(@Args('id', { type: () => ID, description: 'The import.' }) id: string, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return demandFound(await this.reads.byId(actorOf(context), idOf('LedgerImport', id), selected(info)));
  }

  @Can('import.read')
  @Query(() => LedgerImportConnection, { description: 'Imports of the zone, newest first.' })
  async ledgerImports(
    @Args('filter', { type: () => LedgerImportFilter, nullable: true, description: 'Which imports.' }) filter: LedgerImportFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    return connection(await this.reads.page(actor, filter ?? {}, page, selectedNodes(info)), () => this.reads.count(actor, filter ?? {}));
  }

  @Can('import.run')
  @Mutation(() => ImportPayload, { name: 'ledgerImport', description: 'Reads an uploaded sheet and shows what would become of each row; nothing on the books changes. A large file is read by a worker: see state and progress.' })
  ledgerImportRead(@Args('input', { description: 'The file.' }) input: LedgerImportInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.imports.read(actor, { ...input, fileId: idOf('StoredFile', input.fileId), mapping: mappingOf(input.mapping) }));
  }

  @Can('import.run')
  @Mutation(() => ImportPayload, { description: 'Brings the rows of an import into the books, all or none. A large one is worked off by a worker: see state and progress.' })
  importConfirm(@Args('input', { description: 'The import and what is decided.' }) input: ImportConfirmInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    const decisions = input.decisions?.map((d): { sheet: string; row: number; decision: Decision; projectId: string | null } =>
      ({ sheet: d.sheet, row: d.row, decision: d.decision, projectId: d.projectId ? (localId('Project', d.projectId) ?? NOBODY) : null }));
    return this.act(context, info, (actor) => this.imports.confirm(actor, { ...input, decisions, importId: idOf('LedgerImport', input.importId) }));
  }

  @Can('import.undo')
  @Mutation(() => ImportPayload, { description: 'Takes a whole import back: what it made is gone, what it changed is as before. Refused once anybody has built on it.' })
  importUndo(@Args('input', { description: 'The import.' }) input: ImportUndoInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.imports.undo(actor, { ...input, importId: idOf('LedgerImport', input.importId) }));
  }

  @Can('import.run')
  @Mutation(() => ImportPayload, { description: 'Asks long work on an import to stop; it stops at its next step and leaves nothing behind.' })
  importCancel(@Args('input', { description: 'The import.' }) input: ImportCancelInput, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return this.act(context, info, (actor) => this.imports.cancel(actor, idOf('LedgerImport', input.importId)));
  }

  @Can('import.run')
  @Mutation(() => ImportRowsPayload, { description: 'Writes the rows that were not taken or still wait into a sheet, as they were written, the reason beside each; fetch it from /files/:id.' })
  importRowsExport(@Args('input', { description: 'The import.' }) input: ImportRowsExportInput, @Context() context: RequestContext) {
    const actor = actorOf(context);
    return outcome(actor.locale, async () => {
      const file = await this.exports.keepLeftRows(actor, { ...input, importId: idOf('LedgerImport', input.importId) });
      return { file: { ...file, id: globalId('StoredFile', file.id) } };
    });
  }

  @ResolveField(() => ImportRowConnection, { description: 'Its rows in the order of the file.' })
  async rows(
    @Parent() parent: { id: string }, @Args('filter', { type: () => ImportRowFilter, nullable: true, description: 'Which rows.' }) filter: ImportRowFilter | null,
    @Args() page: ForwardPageArgs, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo,
  ) {
    const actor = actorOf(context);
    const id = localId('LedgerImport', parent.id)!;
    const { project, candidates, ...shape } = selectedNodes(info);
    const wanted = { ...shape, ...(project ? { project: { id: true as const } } : {}), ...(candidates ? { candidates: { id: true as const } } : {}) };
    return connection(await this.reads.rows(actor, id, filter ?? {}, page, wanted), () => this.reads.countRows(actor, id, filter ?? {}));
  }

  private act(context: RequestContext, info: GraphQLResolveInfo, work: (actor: Actor) => Promise<{ importId: string }>) {
    const actor = actorOf(context);
    const shape = selected(info, 'import');
    const now = (id: string | undefined) => this.reads.byId(actor, id ?? null, shape);
    return outcome<{ import?: unknown }>(actor.locale, async () => ({ import: await now((await work(actor)).importId) }), async (id) => ({ import: await now(id) }));
  }
}

/** Projects of rows go through the gateway of projects: an import is the zone's, a project its people's. */
@Resolver(() => ImportRow)
export class ImportRowResolver {
  constructor(private readonly projects: ProjectsService) {}

  @ResolveField()
  project(@Parent() row: { project?: { id: string } | null }, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return row.project ? this.visible(context, row.project.id, info) : null;
  }

  @ResolveField()
  async candidates(@Parent() row: { candidates: { id: string }[] }, @Context() context: RequestContext, @Info() info: GraphQLResolveInfo) {
    return (await Promise.all(row.candidates.map((c) => this.visible(context, c.id, info)))).filter((p) => p !== null);
  }

  private visible(context: RequestContext, id: string, info: GraphQLResolveInfo): Promise<object | null> {
    const shape = selected(info);
    return loader<string, object | null>(context, `import.project:${JSON.stringify(shape)}`, (ids) => Promise.all(ids.map((x) => this.projects.byId(actorOf(context), localId('Project', x), shape)))).load(id);
  }
}

/** An id that no project has. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

function mappingOf(sheets: ImportSheetInput[] | null | undefined): SavedMapping | null {
  if (!sheets?.length) return null;
  return Object.fromEntries(sheets.map((s) => [s.sheet, {
    ...(s.headerRows?.length ? { headerRows: s.headerRows } : {}),
    columns: Object.fromEntries(s.columns.map((c) => [c.letter, { field: c.field ?? null, ...(c.unit ? { unit: c.unit } : {}) }])),
  }]));
}
