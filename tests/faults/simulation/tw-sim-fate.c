// SPDX-License-Identifier: GPL-3.0-or-later
/* What is drawn from the seed, and a record of what it came to. */
#include <stdio.h>

#include "tw-sim-threads.h"
#include "tw-sim.h"

TwSimFaults tw_sim_faults;

static GRand *fate;
static gboolean is_verbose;
static guint n_faults;
static gint64 last_fault_us, start_us;
static JsonArray *wrong;

/**
 * tw_sim_fate_start:
 * @seed: what is drawn from
 * @verbose: whether each fault is told on standard error as it happens
 */
void
tw_sim_fate_start (guint seed, gboolean verbose)
{
  fate = g_rand_new_with_seed (seed);
  is_verbose = verbose;
  wrong = json_array_new ();
  start_us = tw_sim_now_us ();
}

/* Less than @n. Any thread, as only one runs. */
guint
tw_sim_draw (guint n)
{
  return (guint) g_rand_int_range (fate, 0, (gint32) n);
}

gboolean
tw_sim_chance (guint per_mille)
{
  return per_mille > 0 && tw_sim_draw (1000) < per_mille;
}

/* A fault has happened. */
void
tw_sim_note (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list values;

  va_start (values, format);
  text = g_strdup_vprintf (format, values);
  va_end (values);
  tw_sim_trace (text);
  n_faults++;
  last_fault_us = tw_sim_now_us ();
  if (is_verbose)
    fprintf (stderr, "%8.3f %s\n", (double) (last_fault_us - start_us) / 1e6, text);
}

guint
tw_sim_count_faults (void)
{
  return n_faults;
}

gint64
tw_sim_get_last_fault_us (void)
{
  return last_fault_us;
}

/* Whether it can hear and speak. */
gboolean
tw_sim_is_there (guint node)
{
  return tw_sim_nodes[node].up && !tw_sim_nodes[node].dead;
}

/* A place at which a node can die; whether it does. */
gboolean
tw_sim_point (guint node, const char *point)
{
  if (!tw_sim_is_there (node) || !tw_sim_chance (tw_sim_faults.die))
    return FALSE;
  tw_sim_die (node, point);
  return TRUE;
}

/* Something that no fault explains. */
void
tw_sim_wrong (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list values;

  va_start (values, format);
  text = g_strdup_vprintf (format, values);
  va_end (values);
  if (is_verbose)
    fprintf (stderr, "%8.3f WRONG: %s\n", (double) (tw_sim_now_us () - start_us) / 1e6, text);
  json_array_add_string_element (wrong, text);
}

JsonArray *
tw_sim_list_wrong (void)
{
  return json_array_ref (wrong);
}
