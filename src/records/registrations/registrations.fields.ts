import { date, defineEntity, integer, money, reference, subform, text } from '../../sync/fields';
import { ProgramEntity } from '../programs/program.entity';
import { StudentEntity } from '../students/student.entity';

/** Zoho's module `BTEC_Registrations`. */
export const registration = defineEntity({
  name: 'registration',
  plural: 'registrations',
  zohoModule: 'BTEC_Registrations',
  fields: {
    student: reference(() => StudentEntity, 'Student_ID', 'Student')
      .mandatory()
      .await(),
    program: reference(() => ProgramEntity, 'Program')
      .mandatory()
      .await(),
    status: text('Registration_Status', 'Enrollment_Status', 'Status'),
    number: text('BTEC_Reg_No'),
    registration_date: date('Registration_Date'),
    completion_date: date('Completion_Date'),
    price: money('Program_Price'),
    remaining_amount: money('Remaining_Amount'),
    currency: text('Currency'),
    study_mode: text('Study_Mode'),
    study_language: text('Study_Language'),
    // A row's `version` is its `Modified_Time`.
    registration_version: text('Version'),
    installments: subform(
      {
        installment_no: integer('Installment_No'),
        due_date: date('Due_Date'),
        amount: money('Installment_Amount'),
        status: text('Installment_Status'),
        paid_date: date('Paid_Date'),
      },
      'Payment_Schedule',
    ),
  },
});
