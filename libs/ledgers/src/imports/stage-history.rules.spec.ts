import { describe, expect, it } from '@jest/globals';
import type { RowFields } from '../reading/ledger-reading.js';
import { tenThousandfold } from './draft-amounts.rules.js';
import { companiesOf, contactsOf } from './draft-parties.rules.js';
import { projectStem } from './draft-project.rules.js';
import { firstDay, stageHistory } from './stage-history.rules.js';

const AS_OF = '2024-12-31';
const history = (fields: RowFields) => stageHistory(fields, AS_OF);
const kinds = (fields: RowFields) => history(fields).milestones.map((m) => `${m.kind}${m.dated ? '' : '?'}`);

describe('the history of a project in its row', () => {
  it('passes the gates in order, each until the next, by the day of approval', () => {
    expect(history({ status: 'landed', 'date.reported': '2023-01-05', 'date.first_contact': '2023-02-01', 'date.signed': '2023-05-06', 'date.sign_approved': '2023-06-01T09:30:00', 'date.landed': '2023-08-01', 'date.land_approved': '2023-09-02T00:12:00' })).toMatchObject({
      stage: 'LANDED', status: 'ACTIVE', stateAt: '2023-09-02T00:12:00+08:00',
      priorStates: [
        { stage: 'RESERVE', status: 'ACTIVE', at: '2023-01-05T00:00:00+08:00' }, { stage: 'NEGOTIATING', status: 'ACTIVE', at: '2023-02-01T00:00:00+08:00' },
        { stage: 'SIGNED', status: 'ACTIVE', at: '2023-06-01T09:30:00+08:00' },
      ],
    });
  });

  it('leaves out a state that the next gate overtook on the same day', () => {
    expect(history({ status: 'negotiating', 'date.reported': '2024-03-01', 'date.first_contact': '2024-03-01' })).toMatchObject({ stage: 'NEGOTIATING', stateAt: '2024-03-01T00:00:00+08:00', priorStates: [] });
  });

  it('ends with 暂停, 退库 or 流转, at the last gate that was passed', () => {
    expect(history({ status: 'withdrawn', 'date.reported': '2023-01-05', 'date.first_contact': '2023-02-01', 'date.off': '2024-04-01' })).toMatchObject({
      stage: 'NEGOTIATING', status: 'WITHDRAWN', statusReason: '退库', stateAt: '2024-04-01T00:00:00+08:00', priorStates: [{ stage: 'RESERVE' }, { stage: 'NEGOTIATING', at: '2023-02-01T00:00:00+08:00' }],
    });
    expect(history({ status: 'dormant' })).toMatchObject({ stage: 'LEAD', status: 'SUSPENDED', statusReason: '暂停', stateAt: '2024-12-31T00:00:00+08:00' });
    expect(history({ status: 'transferred', 'date.reported': '2024-01-01', 'date.off': '2024-02-01' })).toMatchObject({ stage: 'RESERVE', status: 'WITHDRAWN', statusReason: '流转' });
  });

  it('takes the day of the file where a row gives none, and never a day after it', () => {
    expect(history({ status: 'negotiating' })).toMatchObject({ stage: 'NEGOTIATING', stateAt: '2024-12-31T00:00:00+08:00', priorStates: [] });
    expect(history({ status: 'started', 'date.start': '2025-03-01', 'date.reported': '2024-01-01' })).toMatchObject({ stage: 'STARTED', stateAt: '2024-12-31T00:00:00+08:00' });
    expect(history({})).toMatchObject({ stage: 'LEAD', stageGiven: false });
    expect(history({ 'date.sign_approved': '2024-05-06' })).toMatchObject({ stage: 'SIGNED', stageGiven: true });
  });

  it('reaches only the milestones that the row tells of', () => {
    expect(kinds({ status: 'signed' })).toEqual(['REPORTED?', 'SIGNED?']);
    expect(kinds({ status: 'lead', 'date.reported': '2024-05' })).toEqual(['REPORTED']);
    expect(kinds({ status: 'reserve', 'date.reported': '2024-05-02' })).toEqual(['REPORTED', 'RESERVED']);
    // 开复工情况: under way, but not begun in this list.
    expect(kinds({ status: 'started', 'status.started': true })).toEqual(['RESUMED', 'REPORTED'].reverse().map((k) => `${k}?`));
    expect(kinds({ status: 'landed', 'status.started': false })).toEqual(['REPORTED?']);
    expect(history({ status: 'finished', 'date.finish': '2024-Q2' }).milestones.filter((m) => m.dated)).toEqual([
      { kind: 'PRODUCING', eventOn: '2024-04-01', approvedAt: null, precision: 'QUARTER', dated: true }, { kind: 'COMPLETED', eventOn: '2024-04-01', approvedAt: null, precision: 'QUARTER', dated: true }]);
  });

  it('knows the first day that a date may mean', () => {
    expect(['2024-05-08T10:00:00', '2024-05-08', '2024-05', '2024-Q3', '2024'].map(firstDay)).toEqual(['2024-05-08', '2024-05-08', '2024-05-01', '2024-07-01', '2024-01-01']);
  });
});

describe('what a row says of money and parties', () => {
  it('counts 万 exactly', () => {
    expect(['23400', '0.0001', '2.34', '0.00015', '-1.5', '0'].map(tenThousandfold).map(Number)).toEqual([234_000_000, 1, 23_400, 1.5, -15_000, 0]);
  });

  it('gives the n-th code to the n-th firm, to nobody where their numbers differ, and to one firm in both its parts', () => {
    const codes = (fields: RowFields) => companiesOf(fields).map((c) => [c.role, c.name, c.uscc]);
    const [a, b] = ['91330206MAX2A2LX2J', '91510107MAXA6DQR0J'];
    expect(codes({ investor: ['甲公司', '乙公司'], 'investor.uscc': [a, b] })).toEqual([['INVESTOR', '甲公司', a], ['INVESTOR', '乙公司', b]]);
    expect(codes({ investor: ['甲公司', '乙公司'], 'investor.uscc': [a] })).toEqual([['INVESTOR', '甲公司', null], ['INVESTOR', '乙公司', null]]);
    expect(codes({ investor: ['甲（武汉）公司'], 'investor.uscc': [a], 'investor.signing_party': ['甲(武汉)公司'] })).toEqual([['INVESTOR', '甲（武汉）公司', a], ['SIGNING_PARTY', '甲(武汉)公司', a]]);
  });

  it('gives phones to the people of their place', () => {
    expect(contactsOf({ 'contact.name': [{ name: '李明' }, { name: '王强' }], 'contact.phone': ['1', '2'] }).map((c) => [c.name, c.phones])).toEqual([['李明', ['1']], ['王强', ['2']]]);
    expect(contactsOf({ 'contact.phone': ['1', '2'] })).toEqual([{ position: 0, name: null, title: null, phones: ['1', '2'], fullName: false }]);
    expect(contactsOf({ 'contact.name': [{ name: '周总', partial: true }], 'contact.phone': ['1', '2'] })).toMatchObject([{ name: '周总', fullName: false, phones: ['1', '2'] }]);
  });

  it('drops 项目 at the end of a name, but not all of it', () => {
    expect(['激光雷达产业园项目', '激光雷达产业园', '某项目'].map(projectStem)).toEqual(['激光雷达产业园', '激光雷达产业园', '某项目']);
  });
});
