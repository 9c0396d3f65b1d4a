import { date, defineEntity, integer, longText, reference, score, subform, text, textOrName } from '../../sync/fields';
import { ClassEntity } from '../classes/class.entity';
import { StudentEntity } from '../students/student.entity';
import { UnitEntity } from '../units/unit.entity';

/** Zoho's module `BTEC_Grades`. */
export const grade = defineEntity({
  name: 'grade',
  plural: 'grades',
  zohoModule: 'BTEC_Grades',
  fields: {
    student: reference(() => StudentEntity, 'Student')
      .mandatory()
      .await(),
    class: reference(() => ClassEntity, 'Class').await(),
    unit: reference(() => UnitEntity, 'Unit').await(),
    unit_text: textOrName('BTEC_Unit'),
    grade: text('Grade', 'Grade_Value'),
    score: score(0, 100, 'Score'),
    status: text('Grade_Status'),
    attempt: integer('Attempt_Number'),
    date: date('Attempt_Date', 'Grade_Date'),
    feedback: longText('Feedback', 'Comments'),
    grader: text('Grader_Name'),
    outcomes: subform(
      {
        code: text('LO_Code'),
        title: text('LO_Title'),
        score: text('LO_Score'),
        feedback: longText('LO_Feedback'),
        definition: longText('LO_Definition'),
      },
      'Learning_Outcomes_Assessm',
    ),
  },
});
