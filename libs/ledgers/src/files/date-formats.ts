/**
 * Built-in formats that mark a date or time. 27–36 and 50–58 are the East Asian dates that a Chinese
 * Excel writes without any format code (31 is `yyyy"年"m"月"d"日"`), which many readers miss; 71–81 are Thai.
 */
function isBuiltInDate(id: number): boolean {
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58) || (id >= 71 && id <= 81);
}

/** Whether a number format shows a date or a time. `code` is null for built-in formats. */
export function isDateFormat(id: number, code: string | null): boolean {
  if (code === null) return isBuiltInDate(id);
  const bare = code
    .replace(/"[^"]*"?/g, '')
    .replace(/\\./g, '')
    .replace(/[_*]./g, '')
    // Elapsed time [h] [mm] [s] counts; colours, conditions and locales ([$-804], [红色], [>100]) do not.
    .replace(/\[(?!(?:h+|m+|s+)\])[^\]]*\]/gi, '')
    .replace(/general|g\/通用格式/gi, '');
  if (/e[+-]0/i.test(bare)) return false;
  return /[ymdhs年月日时分秒]|a{3,4}/i.test(bare);
}
