// SPDX-License-Identifier: GPL-3.0-or-later
/* Included, again and again, wherever a bug is planted for tests/faults/MUTANTS.md: no program but
 * a test's can have one. */
#ifndef TW_TEST_BUILD
#error "A planted bug (TW_MUTANT_...) is for tests alone, which define TW_TEST_BUILD"
#endif
