import { defineEntity, email, text } from '../../sync/fields';

/** Zoho's module `BTEC_Teachers`. */
export const teacher = defineEntity({
  name: 'teacher',
  plural: 'teachers',
  zohoModule: 'BTEC_Teachers',
  isPerson: true,
  fields: {
    name: text('Name').mandatory(),
    academic_email: email('Academic_Email'),
    email: email('Email'),
    phone: text('Phone_Number'),
    zoho_moodle_id: text('Teacher_Moodle_ID'),
  },
});
