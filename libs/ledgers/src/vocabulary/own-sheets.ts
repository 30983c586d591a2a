/** Words by which the reader knows again what our own weekly sheet took from the log: it is on record and no news. */

/** Begins a cell of progress that was put together from visits, stage moves and agreements. */
export const FROM_LOG = '据日志：';
/** In the title of a sheet of visits that was put together from the log. */
export const VISITS_FROM_LOG = '据走访日志生成';
/** A project without news has to say why. */
export const SILENT = '一月内无进度更新：';
export const REASON_WANTED = '须说明原因';
/** Before the words of a project that the period has brought. */
export const NEW_MARK = '【新增】';

export function isFromLog(progress: string): boolean {
  const words = progress.startsWith(NEW_MARK) ? progress.slice(NEW_MARK.length) : progress;
  return words === '' || words.startsWith(FROM_LOG) || /^(?:一|\d+个)月内无进度更新：须说明原因$/.test(words);
}

export function isOwnVisitSheet(title: string | undefined): boolean {
  return title?.includes(VISITS_FROM_LOG) ?? false;
}
