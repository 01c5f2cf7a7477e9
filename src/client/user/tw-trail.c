// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/user/tw-trail.h"

/* Nobody goes back further; the oldest place is forgotten. */
#define LONGEST 50

typedef struct
{
  char *page;
  char *arg;
} Place;

struct _TwTrail
{
  GArray *places;
  int here; /* -1: nowhere yet */
};

static void
clear_place (gpointer data)
{
  Place *place = data;

  g_free (place->page);
  g_free (place->arg);
}

/**
 * tw_trail_new:
 *
 * Returns: (transfer full): an empty trail
 */
TwTrail *
tw_trail_new (void)
{
  TwTrail *trail = g_new0 (TwTrail, 1);

  trail->places = g_array_new (FALSE, FALSE, sizeof (Place));
  g_array_set_clear_func (trail->places, clear_place);
  trail->here = -1;
  return trail;
}

/**
 * tw_trail_free:
 * @trail: (transfer full): a trail
 */
void
tw_trail_free (TwTrail *trail)
{
  g_array_unref (trail->places);
  g_free (trail);
}

/**
 * tw_trail_go:
 * @trail: a trail
 * @page: where to
 * @arg: what is shown there
 *
 * Goes on from here; what was ahead is forgotten. Going to where one is does nothing.
 */
void
tw_trail_go (TwTrail *trail, const char *page, const char *arg)
{
  Place place = { g_strdup (page), g_strdup (arg) };

  if (trail->here >= 0 && g_str_equal (tw_trail_get_page (trail), page) &&
      g_str_equal (tw_trail_get_arg (trail), arg))
    {
      clear_place (&place);
      return;
    }
  g_array_set_size (trail->places, (guint) (trail->here + 1));
  g_array_append_val (trail->places, place);
  if (trail->places->len > LONGEST)
    g_array_remove_index (trail->places, 0);
  trail->here = (int) trail->places->len - 1;
}

/**
 * tw_trail_replace:
 * @trail: a trail
 * @page: where to
 * @arg: what is shown there
 *
 * Goes elsewhere without a way back to here, as here is no more.
 */
void
tw_trail_replace (TwTrail *trail, const char *page, const char *arg)
{
  if (trail->here >= 0)
    {
      g_array_set_size (trail->places, (guint) trail->here);
      trail->here--;
    }
  tw_trail_go (trail, page, arg);
}

/**
 * tw_trail_can_step:
 * @trail: a trail
 * @by: -1 for back, 1 for forth
 *
 * Returns: whether there is something in that direction
 */
gboolean
tw_trail_can_step (TwTrail *trail, int by)
{
  return trail->here + by >= 0 && trail->here + by < (int) trail->places->len;
}

/**
 * tw_trail_step:
 * @trail: a trail
 * @by: -1 for back, 1 for forth
 *
 * Returns: whether it is elsewhere now
 */
gboolean
tw_trail_step (TwTrail *trail, int by)
{
  if (!tw_trail_can_step (trail, by))
    return FALSE;
  trail->here += by;
  return TRUE;
}

/**
 * tw_trail_get_page:
 * @trail: a trail that has been somewhere
 *
 * Returns: (transfer none): the page
 */
const char *
tw_trail_get_page (TwTrail *trail)
{
  return trail->here >= 0 ? g_array_index (trail->places, Place, trail->here).page : NULL;
}

/**
 * tw_trail_get_arg:
 * @trail: a trail that has been somewhere
 *
 * Returns: (transfer none): what is shown there
 */
const char *
tw_trail_get_arg (TwTrail *trail)
{
  return trail->here >= 0 ? g_array_index (trail->places, Place, trail->here).arg : NULL;
}

/**
 * tw_trail_clear:
 * @trail: a trail
 *
 * Forgets all of it.
 */
void
tw_trail_clear (TwTrail *trail)
{
  g_array_set_size (trail->places, 0);
  trail->here = -1;
}
