import { PassThrough, type Readable } from 'node:stream';
import ExcelJS from 'exceljs';
import { VISITS_FROM_LOG } from '../vocabulary/own-sheets.js';
import { cellValue, markText } from './sheets.js';
import { contactCells, countOf, oursOf, progressOf, sheetNames, type WeeklyProject, type WeeklyRule, type WeeklyVisit } from './weekly-words.rules.js';

/** One sheet of the book: a group and its projects, with the words around the table. */
export interface WeeklyGroupSheet {
  name: string;
  title: string;
  sentence: string;
  reporter: string;
  footers: readonly string[];
  projects: readonly WeeklyProject[];
}
export interface WeeklyBook {
  groups: readonly WeeklyGroupSheet[];
  visits: { zone: string; period: string; sentence: string; rows: readonly WeeklyVisit[] };
  rule: WeeklyRule;
}

/** V1 of domain.md D1, word for word. */
export const WEEKLY_HEADERS = ['序号', '项目名称', '投资方', '固定资产投资', '投资方简介', '项目内容', '需用土地', '企业联系人', '联系方式', '片区', '进度、备注', '产业类型', '研判结果'] as const;
const WIDTHS = [6, 28, 28, 14, 32, 36, 14, 12, 16, 12, 48, 12, 12];
export const VISIT_HEADERS = ['日期', '拜访人员', '客商', '会见人员及职务', '地点', '洽谈内容', '取得成果', '下一步打算', '涉及项目'] as const;
const VISIT_WIDTHS = [12, 24, 26, 28, 20, 40, 28, 28, 28];
const VISIT_SHEET = '走访汇总';

type Values = readonly (string | number | null)[];

/** Writes the whole book, one sheet a group and one of visits; texts are never formulas. The caller bounds the rows. */
export function writeWeekly(book: WeeklyBook): Readable {
  const out = new PassThrough();
  void fill(out, book).catch((error: unknown) => out.destroy(error instanceof Error ? error : new Error(String(error))));
  return out;
}

async function fill(out: PassThrough, book: WeeklyBook): Promise<void> {
  const file = new ExcelJS.stream.xlsx.WorkbookWriter({ stream: out, useStyles: true, useSharedStrings: false });
  const names = sheetNames([VISIT_SHEET, ...book.groups.map((g) => g.name)]);
  book.groups.forEach((g, i) => {
    const sheet = new SheetWriter(file.addWorksheet(names[i + 1], { views: [{ state: 'frozen', ySplit: 4 }] }), WIDTHS);
    sheet.merged(g.title, { bold: true, size: 14 });
    sheet.merged(g.sentence);
    sheet.merged(g.reporter);
    sheet.row(WEEKLY_HEADERS, { bold: true });
    g.projects.forEach((p, n) => sheet.row(projectCells(p, n + 1, book.rule)));
    for (const text of g.footers) sheet.merged(text);
    sheet.end();
  });
  const sheet = new SheetWriter(file.addWorksheet(names[0]), VISIT_WIDTHS);
  sheet.merged(`${book.visits.zone}走访汇总（${book.visits.period}，${VISITS_FROM_LOG}）`, { bold: true, size: 14 });
  sheet.merged(book.visits.sentence);
  for (const [direction, title] of [['OUTBOUND', '外出拜访'], ['INBOUND', '来访接待']] as const) {
    sheet.merged(title, { bold: true });
    sheet.row(VISIT_HEADERS, { bold: true });
    for (const v of book.visits.rows) if (v.direction === direction) sheet.row(visitCells(v));
  }
  sheet.end();
  await file.commit();
}

class SheetWriter {
  private rows = 0;

  constructor(private readonly sheet: ExcelJS.Worksheet, private readonly widths: readonly number[]) {
    sheet.columns = widths.map((width) => ({ width }));
  }

  /** One text over the whole width. */
  merged(text: string, font?: Partial<ExcelJS.Font>): void {
    const row = this.sheet.addRow([cellValue(text)]);
    this.sheet.mergeCells(++this.rows, 1, this.rows, this.widths.length);
    if (font) row.font = font;
    row.getCell(1).alignment = { wrapText: true, ...(font?.size ? { horizontal: 'center' } : {}) };
    markText(row.getCell(1));
    row.commit();
  }

  row(values: Values, font?: Partial<ExcelJS.Font>): void {
    const row = this.sheet.addRow(values.map(cellValue));
    this.rows++;
    if (font) row.font = font;
    row.eachCell((cell) => {
      cell.alignment = { wrapText: true, vertical: 'top' };
      markText(cell);
    });
    row.commit();
  }

  end(): void {
    this.sheet.commit();
  }
}

/** A number where a number holds the amount exactly (15 digits), else its text. */
function exact(decimal: string | null): number | string | null {
  if (decimal === null) return null;
  return decimal.replace(/\D/g, '').replace(/^0+/, '').length <= 15 ? Number(decimal) : decimal;
}

function projectCells(p: WeeklyProject, serial: number, rule: WeeklyRule): Values {
  const { names, phones } = contactCells(p.contacts);
  return [serial, p.name, p.investors.join('；'), exact(p.fixedWan), p.profile, p.content, p.land, names, phones, p.park, progressOf(p, rule), p.type, p.judgement].map((v) => (v === '' ? null : v));
}

/** The side that travels bears the count that the sentence adds up. */
function visitCells(v: WeeklyVisit): Values {
  const count = countOf(v);
  const out = v.direction === 'OUTBOUND';
  const met = v.met.map((m) => (m.title ? `${m.name}（${m.title}）` : m.name)).join('、');
  return [v.on, oursOf(v).join('、') + (out ? count : ''), v.firm, met + (out ? '' : count), v.place, v.content, v.result, v.nextStep, v.project].map((x) => (x === '' ? null : x));
}
