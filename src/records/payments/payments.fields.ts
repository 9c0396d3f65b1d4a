import { date, defineEntity, integer, longText, money, reference, text } from '../../sync/fields';
import { RegistrationEntity } from '../registrations/registration.entity';
import { StudentEntity } from '../students/student.entity';

/** Zoho's module `BTEC_Payments`. A negative amount is a refund. */
export const payment = defineEntity({
  name: 'payment',
  plural: 'payments',
  zohoModule: 'BTEC_Payments',
  fields: {
    registration: reference(() => RegistrationEntity, 'Registration_ID', 'Registration')
      .mandatory()
      .await(),
    student: reference(() => StudentEntity, 'Student_ID', 'Student').belonging(),
    amount: money('Payment_Amount', 'Amount').mandatory(),
    date: date('Payment_Date'),
    method: text('Payment_Method'),
    type: text('Payment_Type'),
    status: text('Payment_Status', 'Status'),
    installment_no: integer('Installment_No'),
    note: longText('Note', 'Description'),
  },
});
