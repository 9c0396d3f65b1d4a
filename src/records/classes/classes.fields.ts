import { date, defineEntity, lookupName, reference, text } from '../../sync/fields';
import { ProgramEntity } from '../programs/program.entity';
import { TeacherEntity } from '../teachers/teacher.entity';
import { UnitEntity } from '../units/unit.entity';

/** Zoho's module `BTEC_Classes`. Zoho numbers them in `Name`. */
export const classDefinition = defineEntity({
  name: 'class',
  plural: 'classes',
  zohoModule: 'BTEC_Classes',
  autonumber: {
    alias: 'Name',
    field: 'class_number',
    besides: ['Class_Name', 'BTEC_Class_Name'],
    otherwise: 'name',
  },
  fields: {
    name: text('Class_Name', 'BTEC_Class_Name').mandatory(),
    class_number: text(),
    short_name: text('Class_Short_Name', 'Short_Name'),
    status: text('Class_Status', 'Status', 'status'),
    start_date: date('Start_Date'),
    end_date: date('End_Date'),
    program: reference(() => ProgramEntity, 'BTEC_Program', 'Program').await(),
    unit: reference(() => UnitEntity, 'Unit'),
    teacher: reference(() => TeacherEntity, 'Teacher'),
    teacher_name: lookupName('Teacher'),
    ms_teams_id: text('MS_Teams_ID'),
    zoho_moodle_id: text('Moodle_Class_ID'),
  },
});
