/** Languages of the product; Chinese first. */
export type Locale = 'zh' | 'en';

/**
 * Every sentence that a person may read in an error, in both languages; {name} is filled in. A message names the field,
 * the value and the remedy. The key is the `code` of the user error.
 */
export const MESSAGES = {
  UNAUTHENTICATED: ['请先登录。', 'Please sign in first.'],
  FORBIDDEN: ['您没有此操作的权限。', 'You are not permitted to do this.'],
  NOT_FOUND: ['没有找到该记录，或您无权查看。', 'No such record, or you may not see it.'],
  RATE_LIMITED: ['操作过于频繁，请在 {seconds} 秒后再试。', 'Too many attempts; try again in {seconds} seconds.'],
  CONFLICT: ['记录已被他人修改（当前版本 {version}）。请查看最新内容后再提交。', 'The record has changed meanwhile (version {version} now). Look at it and submit again.'],
  IDEMPOTENCY_KEY_REUSED: ['幂等键“{key}”已用于另一份内容，请换一个新键。', 'Idempotency key "{key}" was used with another input; use a new key.'],
  REQUIRED: ['请填写{field}。', '{field} is required.'],
  INVALID: ['{field}“{value}”无效：{expected}。', '{field} "{value}" is not valid: {expected}.'],
  TOO_LONG: ['{field}过长，最多 {max} 字。', '{field} is too long; at most {max} characters.'],
  UNKNOWN_REFERENCE: ['{field}“{value}”不存在。请从列表中选择。', '{field} "{value}" does not exist. Choose one from the list.'],
  UNKNOWN_CHOICE: ['{field}“{value}”不在可选范围内，可选：{choices}。', '{field} "{value}" is not among the choices: {choices}.'],
  REFERRER_FILED: ['引荐人已登记为“{name}”（{day}）；一个项目只认首个引荐人，不能更改。', 'The referrer on file is "{name}" ({day}); a project has one first referrer, who stays.'],
  LEAD_ANSWERED: ['已由 {by} 于 {day} 答复，不能重复登记。', 'Answered by {by} on {day} already.'],
  SIGN_IN_FAILED: ['账号或密码不正确。', 'The account or the password is not right.'],
  STAGE_JUMP: ['不能从“{from}”直接进入“{to}”；下一步可为：{allowed}。', 'Cannot go from {from} to {to}; next may be: {allowed}.'],
  STATUS_NOT_ACTIVE: ['项目当前为“{status}”，不能办理此事。', 'The project is {status}; this cannot be done now.'],
  GATE_ITEM_MISSING: ['进入“{stage}”还缺：{item}。{how}', 'To enter {stage}, this is missing: {item}. {how}'],
  OWN_PROJECT: ['不能审批或绕过本人负责、首报或登记签约的项目，请由其他有权人员办理。', 'You may not approve or bypass for a project that you are in charge of, reported or recorded the agreement of; another person has to.'],
  APPROVER_ROLE: ['该阶段须由以下角色审批：{roles}。', 'The move into this stage is approved by: {roles}.'],
  BYPASS_NOT_NEEDED: ['关口条件已全部满足，无需绕过，请直接申请进入下一阶段。', 'The gate misses nothing: ask for the stage instead of bypassing it.'],
  APPROVAL_WAITING: ['已有一项进入“{stage}”的申请等待审批。', 'A request to enter {stage} already waits for approval.'],
  SECOND_PERSON: ['须由另一人办理：提出人不能自己审批。', 'Another person has to decide: whoever asked may not approve.'],
  ALREADY_DECIDED: ['此事已由 {by} 办理（{state}）。', 'Already decided by {by} ({state}).'],
  REASON_REQUIRED: ['请说明原因。', 'A reason is required.'],
  CALENDAR_YEAR_UNCOVERED: ['{field}“{value}”所在的 {year} 年尚未公布放假安排，无法计算工作日。请管理员先导入 {year} 年日历。', '{field} "{value}" lies in {year}, whose working calendar is not published here. Ask an administrator to import the calendar of {year}.'],
  DATE_IN_FUTURE: ['{field}“{value}”晚于今天（{today}）。', '{field} "{value}" is after today ({today}).'],
  DATE_ORDER: ['{field}“{value}”不能早于{other}“{otherValue}”。', '{field} "{value}" may not be before {other} "{otherValue}".'],
  AMOUNT_UNREADABLE: ['{field}“{value}”无法识别。请写成如“3.5亿元”“1200万美元”。', '{field} "{value}" cannot be read. Write it like 3.5亿元 or 1200万美元.'],
  AMOUNT_UNIT_SUSPECT: ['{field}“{value}”超过 5000 亿元，多半是单位写错，请核对。', '{field} "{value}" is above 500 billion yuan; the unit is almost surely wrong.'],
  AMOUNT_NEGATIVE: ['{field}“{value}”不能为负数。', '{field} "{value}" may not be negative.'],
  DUPLICATE_BLOCKED: ['与已有项目重复（{level}）：{hint}。', 'Duplicates a project on record ({level}): {hint}.'],
  DUPLICATE_UNDECIDED: ['疑似重复（{level}）：{hint}。如确认不是同一项目，请勾选“确认不重复”后再提交。', 'Probably a duplicate ({level}): {hint}. If it is another project, confirm that it is and submit again.'],
  HANDOFF_OPEN: ['该项目已有待接收的移交。', 'A handoff of this project already waits for the receiver.'],
  HANDOFF_NOT_READY: ['项目处于“{stage}”，签约后才能移交。', 'The project is at {stage}; it can be handed off once signed.'],
  HANDOFF_NOT_ACCEPTED: ['移交尚未被接收，不能进入“{stage}”。', 'The handoff has not been accepted; the project cannot enter {stage}.'],
  IMPORT_NEEDS_ANSWER: ['导入前请先回答：{question}', 'Answer this before the import: {question}'],
  IMPORT_STATE: ['该导入当前为“{state}”，不能执行此操作。', 'The import is {state}; this cannot be done now.'],
  IMPORT_UNDO_BLOCKED: ['第 {row} 行建立的项目“{name}”之后已有新的业务（{what}），撤销会丢失它们。请先处理。', 'Project "{name}" from row {row} has new work since ({what}); undo would lose it.'],
  FILE_UNREADABLE: ['文件“{name}”无法读取：{reason}', 'File "{name}" cannot be read: {reason}'],
  FILE_TOO_LARGE: ['文件过大（{size}），上限为 {max}。', 'The file is too large ({size}); the limit is {max}.'],
  FILE_TYPE: ['文件“{name}”不是可接受的类型：{expected}。', 'File "{name}" is not of an accepted type: {expected}.'],
  REMINDER_STATE: ['该提醒已{state}。', 'The reminder is already {state}.'],
  DATE_NOT_AFTER_TODAY: ['{field}“{value}”须晚于今天（{today}）。', '{field} "{value}" has to be after today ({today}).'],
  HANDOFF_RECEIVER: ['“{department}”不是项目服务部门，不能接收移交。请从项目服务部门中选择。', '{department} is no project-service department and cannot receive a handoff. Choose one that is.'],
  DISPUTE_NOTHING_MET: ['本区没有与“{value}”相同或相近的首报，无需提出争议，可直接登记线索。', 'No first report on record is like "{value}": there is nothing to dispute; report the lead.'],
  DISPUTE_OWN_REPORT: ['该首报就是您本人登记的，无需提出争议。', 'The first report is your own: there is nothing to dispute.'],
  DISPUTE_OPEN: ['您对该首报已有一项待裁定的争议，请在其中补充证据。', 'You already have an open dispute about this first report: add your evidence to it.'],
  DISPUTE_CLOSED: ['该争议已{state}（{by}），结果已冻结；如有新事实，请另行提出争议。', 'The dispute is closed ({by}) and frozen; raise a new one for new facts.'],
  DISPUTE_EVIDENCE_LATE: ['举证截止日为 {due}，已不再接收证据；请联系裁定人。', 'Evidence was taken until {due}; turn to the person who decides.'],
  DISPUTE_SHARES: ['首报份额无效：{reason}。', 'The shares are not valid: {reason}.'],
  QUERY_TOO_COMPLEX: ['查询过于复杂：{what}为 {value}，上限为 {limit}。请减少层数、别名或每页条数，分几次查询。', 'The query is too complex: {what} {value}, limit {limit}. Ask for fewer levels, aliases or records a page, or split it.'],
  INTERNAL_SERVER_ERROR: ['系统出错，未能完成。请稍后再试；若仍出现，请把编号 {requestId} 告诉管理员。', 'Something went wrong here. Try again later; if it stays, give your administrator the reference {requestId}.'],
  TIMED_OUT: ['处理超过 {seconds} 秒，已停止等待。请缩小范围后再试（编号 {requestId}）。', 'This took longer than {seconds} seconds and was given up. Ask for less and try again (reference {requestId}).'],
  INTROSPECTION_REFUSED: ['查看接口结构前请先登录。', 'Sign in before you look at the schema.'],
  CSRF_HEADER_REQUIRED: ['使用浏览器会话时，请求须带有 x-yinfeng-csrf 头。', 'A request with the session cookie must carry the header x-yinfeng-csrf.'],
  BAD_REQUEST: ['请求无法理解：{what}。', 'The request cannot be understood: {what}.'],
  FILE_EXPECTED: ['请在名为 file 的字段中上传且只上传一个文件。', 'Upload exactly one file, in the field named file.'],
  BACKUP_EXISTS: ['文件“{file}”已存在，不会覆盖。请换一个文件名。', 'File "{file}" exists and is not overwritten. Choose another name.'],
  BACKUP_MISSING: ['没有找到备份文件“{file}”。', 'There is no backup file "{file}".'],
  BACKUP_NOTHING: ['数据库尚无数据结构，没有可备份的内容。', 'The database has no schema yet: there is nothing to back up.'],
  BACKUP_DAMAGED: ['备份文件“{file}”不完整或已损坏：{reason}。未作任何改动，请改用另一份备份。', 'Backup "{file}" is incomplete or damaged: {reason}. Nothing was changed; take another backup.'],
  BACKUP_NEWER: ['备份由更新的版本生成（{found}，本机为 {known}）。请先升级再恢复。', 'The backup was made by a newer version ({found}; here {known}). Upgrade first, then restore.'],
  BACKUP_SCHEMA: ['备份的数据结构（{found}）与本机（{known}）不同。请用生成备份的版本恢复，再升级。', 'The schema of the backup ({found}) is not the one here ({known}). Restore with the version that made it, then upgrade.'],
  RESTORE_NOT_EMPTY: ['数据库中已有数据（表 {table}），只能恢复到空数据库。未作任何改动。', 'The database holds data already (table {table}); a restore needs an empty one. Nothing was changed.'],
  CALENDAR_DAY: ['{year} 年日历第 {position} 行“{day}”无效：{expected}。', 'Calendar of {year}, entry {position}, "{day}": {expected}.'],
} as const satisfies Record<string, readonly [zh: string, en: string]>;

export type MessageKey = keyof typeof MESSAGES;

/** The sentence for a code in the reader's language, with its values filled in. */
export function message(code: MessageKey, params: Record<string, string | number>, locale: Locale): string {
  const [zh, en] = MESSAGES[code];
  return (locale === 'en' ? en : zh).replace(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole));
}
