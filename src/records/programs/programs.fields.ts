import { defineEntity, longText, money, text } from '../../sync/fields';

/** Zoho's module `Products`. */
export const program = defineEntity({
  name: 'program',
  plural: 'programs',
  zohoModule: 'Products',
  idAliases: ['Product_ID'],
  fields: {
    name: text('Product_Name', 'Name', 'name').mandatory(),
    code: text('Program_ID', 'Product_Code'),
    price: money('Program_Price', 'Price', 'Unit_Price'),
    status: text('Status', 'status'),
    description: longText('Description'),
    zoho_moodle_id: text('MoodleID', 'crmnmoodle__Moodle_ID'),
  },
});
