import { date, defineEntity, reference, text, textOrName } from '../../sync/fields';
import { ClassEntity } from '../classes/class.entity';
import { ProgramEntity } from '../programs/program.entity';
import { StudentEntity } from '../students/student.entity';

/** Zoho's module `BTEC_Enrollments`. */
export const enrollment = defineEntity({
  name: 'enrollment',
  plural: 'enrollments',
  zohoModule: 'BTEC_Enrollments',
  idAliases: ['Enrollment_ID'],
  fields: {
    student: reference(() => StudentEntity, 'Enrolled_Students', 'Student', 'Contact', 'Student_ID')
      .mandatory()
      .await(),
    class: reference(() => ClassEntity, 'Classes', 'BTEC_Class', 'Class')
      .mandatory()
      .await(),
    program: reference(() => ProgramEntity, 'BTEC_Program'),
    program_text: textOrName('Enrolled_Program'),
    status: text('Enrollment_Status', 'Status', 'status'),
    type: text('Enrollment_Type'),
    start_date: date('Start_Date', 'Enrollment_Date'),
    end_date: date('End_Date', 'Completion_Date'),
    zoho_moodle_id: text('Moodle_Course_ID'),
  },
});
