import type { FindingCatalogue } from '../../support/finding.ts'

const SOURCE = 'docs/inventory.md; zkops schema inventory'

export const INVENTORY_FINDINGS: FindingCatalogue = {
  'inventory.unknown-field': {
    summary: 'A field of the inventory is not known.',
    cause: 'A misspelt name, or one of a newer zkops. It has no effect.',
    evidence: 'The field, its line, and the name that was probably meant.',
    remedy: 'Correct or remove it.',
    source: SOURCE,
  },
  'inventory.wrong-value': {
    summary: 'A value of the inventory is not what its field takes.',
    cause: 'Another type, a number out of range, or text of another form.',
    evidence: 'The field, its line and what was expected. The ensemble cannot be used before it is right.',
    remedy: 'Correct it.',
    source: SOURCE,
  },
  'inventory.missing-field': {
    summary: 'A field that the inventory needs is missing.',
    cause: 'An entry is not complete.',
    evidence: 'The field, and the line of the entry.',
    remedy: 'Add it.',
    source: SOURCE,
  },
  'inventory.duplicate-server': {
    summary: 'Two servers of an ensemble have the same id.',
    cause: 'A copied entry.',
    evidence: 'The id.',
    remedy: 'Give each server its own id, as in its myid.',
    source: SOURCE,
  },
  'inventory.password': {
    summary: 'There is a password in the inventory.',
    cause: 'The file is read by many, and kept in version control.',
    evidence: 'The field; never its value.',
    remedy: 'Remove it, change the password, and name a file (passwordFile) or a variable (passwordEnv) that holds it.',
    source: SOURCE,
  },
  'inventory.password-readable': {
    summary: 'Every user of this machine can read the file of the password.',
    cause: 'It has the permissions of an ordinary file.',
    evidence: 'The file; never its content.',
    remedy: 'chmod 600',
    source: SOURCE,
  },
}
