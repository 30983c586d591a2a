import { Option, type Command } from 'commander';
import { DEPARTMENT_KINDS, type DepartmentKind, resolveDepartment, StaffService, TokensService, ZonesService } from '@yinfeng/directory';
import { Refusal, ROLES, type Role, type Tx } from '@yinfeng/platform';
import { CommandFailure } from '../answers.js';
import type { CommandContext } from '../context.js';
import { addressValue, dayValue, jsonOption, listValue, required, textValue, zoneCodeValue } from '../option-values.js';

const zoneOption = () => new Option('--zone <code>', '开发区代码；只有一个时可省略 / code of the zone; may be left out when there is one').argParser(zoneCodeValue);

/** Zones, their units, people and tokens: what an installation starts with. */
export function registerZoneCommands(program: Command, context: CommandContext): void {
  program.command('zone:create').description('新建开发区 / open a zone with the default policies')
    .addOption(required('--code <code>', '代码，如 CCXQ / code, such as CCXQ').argParser(zoneCodeValue))
    .addOption(required('--name <name>', '名称 / name').argParser(textValue))
    .addOption(jsonOption())
    .action(async ({ code, name }: { code: string; name: string }) => {
      const { zoneId } = await new ZonesService(await context.db()).create({ code, name }, context.requestId);
      context.answer({ zoneId, code, name }, `已新建开发区 ${code} ${name} / zone ${code} is open`);
    });

  program.command('department:create').description('新建部门 / add a department to a zone')
    .addOption(zoneOption())
    .addOption(required('--name <name>', '名称 / name').argParser(textValue))
    .addOption(new Option('--kind <kind>', '类别 / kind').choices(DEPARTMENT_KINDS).default('BUREAU'))
    .addOption(new Option('--parent <name>', '上级部门 / name of the department above').argParser(textValue))
    .addOption(jsonOption())
    .action(async ({ zone, name, kind, parent }: { zone?: string; name: string; kind: DepartmentKind; parent?: string }) => {
      const zones = new ZonesService(await context.db());
      const departmentId = await (await context.db()).tx(await context.zoneActor(zone), async (tx) => {
        const parentId = parent === undefined ? null : await departmentOf(tx, parent, 'parent');
        return zones.addDepartment(tx, { name, kind, parentId });
      }, { cause: 'department:create' });
      context.answer({ departmentId, name, kind }, `已新建部门 ${name} / department added`);
    });

  program.command('staff:create').description('新建人员及账号 / add a person with an account')
    .addOption(zoneOption())
    .addOption(required('--name <name>', '姓名 / name').argParser(textValue))
    .addOption(required('--email <email>', '账号 / account').argParser(addressValue))
    .addOption(required('--role <role>', '角色 / role').choices(ROLES))
    .addOption(required('--department <name>', '部门 / department, by name').argParser(textValue))
    .addOption(new Option('--leads', '负责该部门 / leads the department'))
    .addOption(new Option('--password <password>', '密码（其他用户可在进程列表中看到） / password (others can see it in the list of processes)').conflicts('passwordStdin'))
    .addOption(new Option('--password-stdin', '从标准输入读取密码 / read the password from standard input'))
    .addOption(jsonOption())
    .action(async (o: { zone?: string; name: string; email: string; role: Role; department: string; leads?: boolean; password?: string; passwordStdin?: boolean }) => {
      const password = o.passwordStdin ? context.input() : o.password;
      const people = new StaffService(await context.db());
      const staffId = await (await context.db()).tx(await context.zoneActor(o.zone), async (tx) => people.add(tx, {
        name: o.name, email: o.email, role: o.role, departmentId: await departmentOf(tx, o.department, 'department'), leads: o.leads ?? false, password: password ?? null,
      }), { cause: 'staff:create' });
      if (password === undefined) context.notice('未设密码，此人暂不能登录 / no password was given: this person cannot sign in');
      context.answer({ staffId, email: o.email, role: o.role }, `已新建 ${o.name}（${o.email}，${o.role}） / added`);
    });

  program.command('token:create').description('新建接口令牌，只显示一次 / make an API token, shown once')
    .addOption(zoneOption())
    .addOption(required('--email <email>', '令牌所属账号 / account that the token acts for').argParser(addressValue))
    .addOption(required('--name <name>', '用途 / what it is for').argParser(textValue))
    .addOption(new Option('--scopes <list>', '权限，逗号分隔；默认同该账号 / permissions, by commas; by default those of the account').argParser(listValue))
    .addOption(new Option('--expires <date>', '有效至该日（含） / last day on which it is valid').argParser(dayValue))
    .addOption(jsonOption())
    .action(async (o: { zone?: string; email: string; name: string; scopes?: string[]; expires?: string }) => {
      if (o.expires !== undefined && o.expires < context.clock.today()) throw new CommandFailure(`有效期 ${o.expires} 已过`, `${o.expires} has passed`, 'EXPIRED');
      // Midnight in Shanghai after the last day.
      const expiresAt = o.expires === undefined ? null : new Date(new Date(`${o.expires}T00:00:00+08:00`).getTime() + 86_400_000);
      const actor = await context.zoneActor(o.zone);
      const db = await context.db();
      const [staff] = await db.read<{ id: string }>(actor, 'select id from staff where lower(email) = lower($1)', [o.email]);
      if (!staff) throw new Refusal('UNKNOWN_REFERENCE', ['email'], { field: 'email', value: o.email });
      const { token, tokenId } = await new TokensService(db).create(actor, { staffId: staff.id, name: o.name, scopes: o.scopes, expiresAt });
      context.notice('请妥善保存，令牌不会再次显示 / keep it well: it is not shown again');
      context.answer({ tokenId, token, expiresAt }, token);
    });
}

/** A department by its name, an alias or a short form. @throws Refusal UNKNOWN_REFERENCE. */
async function departmentOf(tx: Tx, name: string, field: string): Promise<string> {
  const found = await resolveDepartment(tx, name);
  if (!found) throw new Refusal('UNKNOWN_REFERENCE', [field], { field, value: name });
  return found.id;
}
