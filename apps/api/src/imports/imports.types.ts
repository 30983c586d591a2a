import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import type { Decision, ImportState, LedgerKind, RowAction } from '@yinfeng/ledgers';
import { Staff } from '../directory/directory.types.js';
import { describedEnum } from '../graphql/enums.js';
import { UserError } from '../graphql/errors.js';
import { connectionOf, Node } from '../graphql/relay.js';
import { DateScalar } from '../graphql/scalars.js';
import { Project } from '../projects/projects.types.js';

export const ImportStateEnum = describedEnum('ImportState', 'Where an import stands.', {
  READING: '识别中: the file is being read.', WAITING: '待确认: read; nothing on the books has changed.', APPLYING: '入库中: its rows enter the books.', APPLIED: '已入库: on the books.',
  UNDOING: '撤销中: being taken back.', UNDONE: '已撤销: taken back.', FAILED: '无法读取: see `failure`.',
} satisfies Record<ImportState, string>);
export const LedgerKindEnum = describedEnum('LedgerKind', 'What the rows of a sheet are.', {
  PROJECTS: '项目: projects at any stage.', SIGNED: '签约项目: a list of signings.', VISITS: '走访台账: a log of visits.', UNKNOWN: '无法判断: neither was recognised.',
} satisfies Record<LedgerKind, string>);
export const ImportRowActionEnum = describedEnum('ImportRowAction', 'What becomes of a row.', {
  CREATE: '新建: a new project or visit.', UPDATE: '更新: changes one on record.', UNCHANGED: '不变: says nothing new.', MERGE: '合并: the same project in another list of the file.', HOLD: '待定: waits for a person, or was decided to repeat another.',
  REJECT: '退回: not taken; see the reason.',
} satisfies Record<RowAction, string>);
export const ImportDecisionEnum = describedEnum('ImportDecision', 'What a person says about a row that waits.', {
  SAME: '同一项目: the same; what is on record stands.', DIFFERENT: '不是同一项目: a record of its own.', TAKE: '采用本行: the same, with the values of this row.',
} satisfies Record<Decision, string>);
export const WarningLevelEnum = describedEnum('ImportWarningLevel', 'How much a remark asks of the reader.', {
  INFO: '已规范: normalised without doubt.', WARN: '请核对: a guess or a contradiction.', ASK: '待确认: needs a person.', REJECT: '退回: the row was not taken.',
});

@ObjectType({ description: 'Rows of an import by what becomes of them.' })
export class ImportCounts {
  @Field(() => Int, { description: 'All rows with data.' }) rows!: number;
  @Field(() => Int, { description: 'New projects or visits.' }) created!: number;
  @Field(() => Int, { description: 'Changed ones.' }) updated!: number;
  @Field(() => Int, { description: 'Rows that say nothing new.' }) unchanged!: number;
  @Field(() => Int, { description: 'Rows that repeat a project in another list of the file.' }) merged!: number;
  @Field(() => Int, { description: 'Rows held as repeats or contradictions.' }) held!: number;
  @Field(() => Int, { description: 'Of the held ones, those that still wait for a person.' }) undecided!: number;
  @Field(() => Int, { description: 'Rows not taken.' }) rejected!: number;
}
@ObjectType({ description: 'A class of remarks over the file.' })
export class ImportWarning {
  @Field({ description: 'Class, e.g. AMOUNT_APPROX.' }) class!: string;
  @Field(() => WarningLevelEnum, { description: 'How much it asks of the reader.' }) level!: string;
  @Field(() => Int, { description: 'How many cells.' }) count!: number;
  @Field(() => [String], { description: 'The first of the cells, as sheet!cell.' }) cells!: string[];
}
@ObjectType({ description: 'A column of a sheet and what it was taken for.' })
export class ImportColumn {
  @Field({ description: 'Letter of the column.' }) letter!: string;
  @Field({ description: 'Its header.' }) header!: string;
  @Field(() => [String], { description: 'Headers from group to leaf.' }) path!: string[];
  @Field(() => String, { nullable: true, description: 'Field of the ledger; none: kept under its header.' }) field?: string | null;
  @Field(() => String, { nullable: true, description: 'Unit of its numbers, e.g. 亿元.' }) unit?: string | null;
  @Field(() => Float, { description: '1: a known header; lower: a guess; 0: not recognised.' }) confidence!: number;
  @Field({ description: 'Hidden in the sheet; its data count all the same.' }) hidden!: boolean;
  @Field(() => String, { nullable: true, description: 'What a person has to say about it.' }) ask?: string | null;
}
@ObjectType({ description: 'A row that is no data.' })
export class ImportSkippedRow {
  @Field(() => Int, { description: 'Row number.' }) row!: number;
  @Field({ description: 'Title, summary, header repeated, subtotal, total, footer, …' }) kind!: string;
  @Field(() => String, { nullable: true, description: 'Its first text.' }) text?: string | null;
}
@ObjectType({ description: 'A sheet of the file and how it was read.' })
export class ImportSheet {
  @Field({ description: 'Name.' }) name!: string;
  @Field(() => LedgerKindEnum, { description: 'What its rows are.' }) kind!: LedgerKind;
  @Field({ description: 'Its rows are read.' }) imported!: boolean;
  @Field(() => String, { nullable: true, description: 'Why it is left out.' }) why?: string | null;
  @Field({ description: 'Hidden in the workbook.' }) hidden!: boolean;
  @Field(() => [Int], { description: 'Rows of the header.' }) headerRows!: number[];
  @Field(() => Int, { description: 'Rows with data.' }) dataRows!: number;
  @Field(() => [ImportColumn], { description: 'Its columns.' }) columns!: ImportColumn[];
  @Field(() => [ImportSkippedRow], { description: 'Rows that are no data.' }) skippedRows!: ImportSkippedRow[];
}
@ObjectType({ description: 'A question to be answered before the file can be imported.' })
export class ImportQuestion {
  @Field({ description: 'Kind, e.g. NO_HEADER_ROW.' }) kind!: string;
  @Field({ description: 'Sheet.' }) sheet!: string;
  @Field({ description: 'The question.' }) text!: string;
  @Field(() => [String], { nullable: true, description: 'Columns concerned.' }) columns?: string[] | null;
}
@ObjectType({ description: 'What the file says of itself and its rows contradict, or what was left out of it.' })
export class ImportFileRemark {
  @Field(() => String, { nullable: true, description: 'Sheet.' }) sheet?: string | null;
  @Field(() => String, { nullable: true, description: 'Cell.' }) cell?: string | null;
  @Field({ description: 'Class.' }) class!: string;
  @Field({ description: 'In words.' }) note!: string;
}
@ObjectType({ description: 'A firm that the file contradicts itself about.' })
export class ImportFirmConflict {
  @Field({ description: 'SAME_USCC_OTHER_NAME or SAME_NAME_OTHER_USCC.' }) class!: string;
  @Field({ description: 'Code or codes.' }) uscc!: string;
  @Field(() => [String], { description: 'Names.' }) names!: string[];
}
@ObjectType({ description: 'A cell as it was written.' })
export class ImportCell {
  @Field({ description: 'Letter of the column.' }) column!: string;
  @Field({ description: 'The text of the cell.' }) text!: string;
}
@ObjectType({ description: 'A value as it was read.' })
export class ImportField {
  @Field({ description: 'Field of the ledger, e.g. amount.total.' }) name!: string;
  @Field({ description: 'The value; lists and amounts as JSON.' }) value!: string;
}
@ObjectType({ description: 'A remark on one cell.' })
export class ImportRowWarning {
  @Field({ description: 'Class, e.g. AMOUNT_APPROX.' }) class!: string;
  @Field(() => WarningLevelEnum, { description: 'How much it asks of the reader.' }) level!: string;
  @Field({ description: 'Cell, e.g. Q15; empty: the whole row.' }) cell!: string;
  @Field(() => String, { nullable: true, description: 'Header of the column.' }) header?: string | null;
  @Field(() => String, { nullable: true, description: 'Field.' }) field?: string | null;
  @Field(() => String, { nullable: true, description: 'The cell as written.' }) raw?: string | null;
  @Field(() => String, { nullable: true, description: 'What was taken; lists and amounts as JSON.' }) value?: string | null;
  @Field(() => String, { nullable: true, description: 'In words, where the class does not say enough.' }) note?: string | null;
}
@ObjectType({ description: 'What a row changes in a record.' })
export class ImportRowChange {
  @Field({ description: 'Field.' }) field!: string;
  @Field(() => String, { nullable: true, description: 'On record.' }) from?: string | null;
  @Field(() => String, { nullable: true, description: 'In the row.' }) to?: string | null;
}
@ObjectType({ description: 'Another row of the file.' })
export class ImportRowRef {
  @Field({ description: 'Sheet.' }) sheet!: string;
  @Field(() => Int, { description: 'Row number.' }) row!: number;
}
@ObjectType({ description: 'A row of the file and what becomes of it.' })
export class ImportRow {
  @Field({ description: 'Sheet.' }) sheet!: string;
  @Field(() => Int, { description: 'Row number; of a CSV the record.' }) row!: number;
  @Field(() => String, { nullable: true, description: 'Code or name by which it is known.' }) key?: string | null;
  @Field(() => ImportRowActionEnum, { description: 'What becomes of it.' }) action!: RowAction;
  @Field(() => String, { nullable: true, description: 'Why it waits or was not taken.' }) reason?: string | null;
  @Field(() => ImportDecisionEnum, { nullable: true, description: 'What was decided about it.' }) decision?: Decision | null;
  @Field(() => ImportRowRef, { nullable: true, description: 'The row of this file that it repeats.' }) repeats?: ImportRowRef | null;
  @Field(() => [ImportRowWarning], { description: 'Remarks on its cells.' }) warnings!: ImportRowWarning[];
  @Field(() => [ImportCell], { description: 'Its cells as written.' }) raw!: ImportCell[];
  @Field(() => [ImportField], { description: 'Its values as read.' }) fields!: ImportField[];
  @Field(() => [ImportRowChange], { description: 'What it changes.' }) changes!: ImportRowChange[];
  @Field(() => Project, { nullable: true, description: 'The project it became, changed or repeats; null also where the caller may not see it.' }) project?: Project | null;
  @Field(() => [Project], { description: 'Projects it may mean, for a person to choose; only those that the caller may see.' }) candidates!: Project[];
}
@ObjectType({ description: 'Rows in the order of the file.' })
export class ImportRowConnection extends connectionOf(ImportRow, 'ImportRow') {}

@ObjectType({ implements: () => [Node], description: '台账导入: a sheet on its way into the books.' })
export class LedgerImport extends Node {
  @Field(() => Int, { description: 'Version for the next act.' }) version!: number;
  @Field({ description: 'Name of the file.' }) fileName!: string;
  @Field(() => LedgerKindEnum, { description: 'What its rows are.' }) kind!: LedgerKind;
  @Field(() => DateScalar, { nullable: true, description: 'The day for which it speaks.' }) asOf?: string | null;
  @Field(() => ImportStateEnum, { description: 'Where it stands.' }) state!: ImportState;
  @Field(() => ImportCounts, { nullable: true, description: 'Its rows; null while it is read.' }) counts?: ImportCounts | null;
  @Field(() => [ImportWarning], { description: 'Remarks by class.' }) warnings!: ImportWarning[];
  @Field(() => [ImportSheet], { description: 'Its sheets and columns as recognised.' }) sheets!: ImportSheet[];
  @Field(() => [ImportQuestion], { description: 'To be answered first, by a mapping or another file.' }) questions!: ImportQuestion[];
  @Field(() => [ImportFileRemark], { description: 'Remarks on the file as a whole.' }) fileWarnings!: ImportFileRemark[];
  @Field(() => [ImportFirmConflict], { description: 'Firms under two names or two codes.' }) conflicts!: ImportFirmConflict[];
  @Field(() => Int, { description: 'Rows done so far of what is under way.' }) progress!: number;
  @Field(() => Int, { description: 'Rows in all, as far as known.' }) total!: number;
  @Field(() => String, { nullable: true, description: 'Why it could not be read or applied.' }) failure?: string | null;
  @Field(() => Staff, { nullable: true, description: 'Who uploaded it.' }) createdBy?: Staff | null;
  @Field(() => Date, { description: 'When.' }) createdAt!: Date;
  @Field(() => Date, { nullable: true, description: 'When it entered the books.' }) appliedAt?: Date | null;
  @Field(() => Date, { nullable: true, description: 'When it was taken back.' }) undoneAt?: Date | null;
}
@ObjectType({ description: 'Imports, newest first.' })
export class LedgerImportConnection extends connectionOf(LedgerImport, 'LedgerImport') {}
@ObjectType({ description: 'An import after an act on it.' })
export class ImportPayload {
  @Field(() => LedgerImport, { nullable: true, description: 'The import as it is now.' }) import?: LedgerImport | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}

@ObjectType({ description: 'A file to be fetched from /files/:id.' })
export class ImportFile {
  @Field(() => ID, { description: 'Id for /files/:id.' }) id!: string;
  @Field({ description: 'Its name.' }) name!: string;
  @Field(() => Int, { description: 'Bytes.' }) size!: number;
}
@ObjectType({ description: 'The rows of an import that are not on the books, as a sheet.' })
export class ImportRowsPayload {
  @Field(() => ImportFile, { nullable: true, description: 'The sheet.' }) file?: ImportFile | null;
  @Field(() => [UserError], { description: 'What the person can put right; empty when done.' }) userErrors!: UserError[];
}
