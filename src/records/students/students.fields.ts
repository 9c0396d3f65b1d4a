import { date, defineEntity, email, reference, text } from '../../sync/fields';
import { ProgramEntity } from '../programs/program.entity';

/** Zoho's module `BTEC_Students`. */
export const student = defineEntity({
  name: 'student',
  plural: 'students',
  zohoModule: 'BTEC_Students',
  isPerson: true,
  autonumber: {
    alias: 'Name',
    field: 'student_number',
    besides: ['Display_Name', 'First_Name'],
    otherwise: 'display_name',
  },
  fields: {
    academic_email: email('Academic_Email', 'email').onFirstSight('Email').mandatory().distinct(),
    display_name: text('Display_Name').orElse('name').mandatory(),
    first_name: text('First_Name'),
    last_name: text('Last_Name'),
    student_number: text(),
    phone: text('Phone_Number', 'Phone', 'phone'),
    status: text('Status', 'status'),
    birth_date: date('Birth_Date'),
    country: text('Country'),
    city: text('City'),
    program: reference(() => ProgramEntity, 'Program'),
    zoho_moodle_id: text('Student_Moodle_ID'),
  },
});
