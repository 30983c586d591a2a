import { type Command, Option } from 'commander';
import { PolicyService } from '@yinfeng/directory';
import { type Actor, type Locale, localId, UUID } from '@yinfeng/platform';
import { KEPT_REASONS, PersonService, type PersonOutcome, type PersonRequest } from '@yinfeng/recruitment';
import type { CommandContext } from '../context.js';
import { jsonOption, textValue, zoneCodeValue } from '../option-values.js';

interface Options { zone?: string; phone?: string; contact?: string; name?: string; enterprise?: string; reason?: string; dryRun?: boolean; newName?: string; newPhone?: string }

/** One person across all tables: what is held, put right, erased (个人信息保护法 arts. 45–47). */
export function registerPersonCommands(program: Command, context: CommandContext): void {
  const run = async (o: Options, work: (people: PersonService, actor: Actor, input: PersonRequest) => Promise<PersonOutcome>) => {
    const actor = await context.zoneActor(o.zone);
    const db = await context.db();
    const input: PersonRequest = {
      phone: o.phone, name: o.name, enterprise: o.enterprise, reason: o.reason, dryRun: o.dryRun,
      contactId: o.contact === undefined ? undefined : UUID.test(o.contact) ? o.contact : localId('Contact', o.contact),
    };
    // The operator acts in place of the security administrator.
    const done = await work(new PersonService(db, context.clock, new PolicyService(db, context.clock)), { ...actor, permissions: new Set([...actor.permissions, 'person.manage']) }, input);
    context.print(context.json, done, () => told(done, context.locale, o.dryRun ?? false));
  };
  const command = (name: string, description: string) => program.command(name).description(description)
    .addOption(new Option('--zone <code>', '开发区代码；只有一个时可省略 / code of the zone; may be left out when there is one').argParser(zoneCodeValue))
    .addOption(new Option('--phone <phone>', '电话 / phone').argParser(textValue))
    .addOption(new Option('--contact <id>', '联系人编号 / id of a contact').argParser(textValue))
    .addOption(new Option('--name <name>', '姓名 / exact name').argParser(textValue))
    .addOption(new Option('--enterprise <name>', '所属企业，与姓名同用 / enterprise, with the name').argParser(textValue))
    .addOption(new Option('--reason <words>', '事由，记入回执 / why; kept with the receipt').argParser(textValue))
    .addOption(new Option('--dry-run', '只计数，不改动 / count only'))
    .addOption(jsonOption());

  command('person:export', '导出一人的全部个人信息 / everything held of one person')
    .action((o: Options) => run(o, (people, actor, input) => people.export(actor, input, true)));
  command('person:correct', '更正一人的姓名或电话，各处一并更正 / put a name or phone right wherever it stands')
    .addOption(new Option('--new-name <name>', '正确的姓名 / the right name').argParser(textValue))
    .addOption(new Option('--new-phone <phone>', '正确的电话，替换 --phone / the right phone, in place of --phone').argParser(textValue))
    .action((o: Options) => run(o, (people, actor, input) => people.correct(actor, { ...input, newName: o.newName, newPhone: o.newPhone })));
  command('person:erase', '删除一人的个人信息，各处以“已删除”代之 / erase one person wherever named; records and counts stay')
    .action((o: Options) => run(o, (people, actor, input) => people.erase(actor, input)));
}

function told(done: PersonOutcome, locale: Locale, dry: boolean): string {
  const receipt = done.number === null ? (dry ? '预览，未作改动 / preview, nothing was changed' : '未发现该人的信息 / nothing is held') : `回执 receipt ${done.number}${done.earlier ? '（此前已办 done before）' : ''}`;
  return [receipt, ...done.found.map((f) => `${f.entity}: ${f.rows}（${f.columns.join(', ')}）`), ...done.kept.map((k) => `保留 kept ${k.entity}: ${k.rows} — ${KEPT_REASONS[k.reason][locale === 'en' ? 1 : 0]}`)].join('\n');
}
