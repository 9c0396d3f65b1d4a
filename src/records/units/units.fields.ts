import { defineEntity, longText, money, numbered, reference, text } from '../../sync/fields';
import { ProgramEntity } from '../programs/program.entity';

/** Zoho's module `BTEC`: the units of a program. */
export const unit = defineEntity({
  name: 'unit',
  plural: 'units',
  zohoModule: 'BTEC',
  fields: {
    name: text('Name', 'Unit_Name').mandatory(),
    code: text('Unit_Code'),
    number: text('Unit_Number'),
    level: text('Unit_Level', 'Level'),
    credits: money('Unit_Credit', 'Credit_Hours'),
    status: text('Status'),
    description: longText('Description'),
    program: reference(() => ProgramEntity, 'Program'),
    criteria: numbered(['P', 'M', 'D'], 19, '_description'),
  },
});
