import { Field, ID, InputType, Int } from '@nestjs/graphql';
import type { Decision, ImportState, LedgerKind, RowAction } from '@yinfeng/ledgers';
import { Type } from 'class-transformer';
import { ArrayMaxSize, Matches, MaxLength, ValidateNested } from 'class-validator';
import { DateScalar } from '../graphql/scalars.js';
import { ImportDecisionEnum, ImportRowActionEnum, ImportStateEnum, LedgerKindEnum } from './imports.types.js';

const KEY = 'At most 255 characters; the same key with the same input within 7 days gives the first result and does nothing.';

@InputType({ description: 'What a column is.' })
export class ImportColumnInput {
  @Matches(/^[A-Z]{1,3}$/) @Field({ description: 'Letter of the column.' }) letter!: string;
  @MaxLength(60) @Field(() => String, { nullable: true, description: 'Field of the ledger; none leaves the column out.' }) field?: string | null;
  @MaxLength(20) @Field(() => String, { nullable: true, description: 'Unit of its numbers, e.g. 万元.' }) unit?: string | null;
}
@InputType({ description: 'How a sheet is to be read.' })
export class ImportSheetInput {
  @MaxLength(100) @Field({ description: 'Name of the sheet.' }) sheet!: string;
  @ArrayMaxSize(10) @Field(() => [Int], { nullable: true, description: 'Rows of its header.' }) headerRows?: number[] | null;
  @ArrayMaxSize(500) @ValidateNested({ each: true }) @Type(() => ImportColumnInput) @Field(() => [ImportColumnInput], { description: 'Its columns.' }) columns!: ImportColumnInput[];
}
@InputType({ description: 'A sheet to be read; nothing on the books changes.' })
export class LedgerImportInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The uploaded file (POST /files).' }) fileId!: string;
  @Field(() => DateScalar, { nullable: true, description: 'The day for which it speaks; else what its title says.' }) asOf?: string | null;
  @Field(() => LedgerKindEnum, { nullable: true, description: 'What its rows are, where the headers leave that open.' }) sheetKind?: LedgerKind | null;
  @ArrayMaxSize(100) @ValidateNested({ each: true }) @Type(() => ImportSheetInput)
  @Field(() => [ImportSheetInput], { nullable: true, description: 'Columns as a person reads them; remembered for the next file with these headers.' }) mapping?: ImportSheetInput[] | null;
  @ArrayMaxSize(20) @MaxLength(100, { each: true }) @Field(() => [String], { nullable: true, description: 'Hidden sheets to be read all the same.' }) includeHidden?: string[] | null;
}
@InputType({ description: 'What a person says about a row that waits.' })
export class ImportDecisionInput {
  @MaxLength(100) @Field({ description: 'Sheet.' }) sheet!: string;
  @Field(() => Int, { description: 'Row number.' }) row!: number;
  @Field(() => ImportDecisionEnum, { description: 'What is decided.' }) decision!: Decision;
  @Field(() => ID, { nullable: true, description: 'Of several projects, the one that is meant.' }) projectId?: string | null;
}
@InputType({ description: 'The rows of an import enter the books.' })
export class ImportConfirmInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The import.' }) importId!: string;
  @Field(() => Int, { description: 'Version of the import that the caller has seen.' }) expectedVersion!: number;
  @ArrayMaxSize(2000) @ValidateNested({ each: true }) @Type(() => ImportDecisionInput)
  @Field(() => [ImportDecisionInput], { nullable: true, description: 'For rows that wait, one by one. Rows left undecided keep waiting; a later confirmation may decide them.' }) decisions?: ImportDecisionInput[] | null;
  @Field(() => ImportDecisionEnum, { nullable: true, description: 'For every other row that waits.' }) decideAll?: Decision | null;
}
@InputType({ description: 'A whole import is taken back.' })
export class ImportUndoInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The import.' }) importId!: string;
  @Field(() => Int, { description: 'Version of the import that the caller has seen.' }) expectedVersion!: number;
}
@InputType({ description: 'Long work on an import is to stop.' })
export class ImportCancelInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The import.' }) importId!: string;
}
@InputType({ description: 'The rows of an import that are not on the books are wanted as a sheet.' })
export class ImportRowsExportInput {
  @MaxLength(255) @Field(() => String, { nullable: true, description: KEY }) idempotencyKey?: string | null;
  @Field(() => ID, { description: 'The import.' }) importId!: string;
}
@InputType({ description: 'Which imports.' })
export class LedgerImportFilter {
  @ArrayMaxSize(7) @Field(() => [ImportStateEnum], { nullable: true, description: 'States.' }) states?: ImportState[] | null;
}
@InputType({ description: 'Which rows; every given condition must hold.' })
export class ImportRowFilter {
  @ArrayMaxSize(6) @Field(() => [ImportRowActionEnum], { nullable: true, description: 'What becomes of them.' }) actions?: RowAction[] | null;
  @Field(() => Boolean, { nullable: true, description: 'Only rows that wait for a person.' }) undecided?: boolean | null;
  @MaxLength(60) @Field(() => String, { nullable: true, description: 'Only rows with a remark of this class.' }) warning?: string | null;
}
