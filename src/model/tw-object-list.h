// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <gio/gio.h>

#include "model/tw-object.h"

G_BEGIN_DECLS

#define TW_TYPE_OBJECT_LIST (tw_object_list_get_type ())
G_DECLARE_FINAL_TYPE (TwObjectList, tw_object_list, TW, OBJECT_LIST, GObject)

TwObjectList *tw_object_list_new (GType item_type);
void tw_object_list_begin (TwObjectList *self);
void tw_object_list_put (TwObjectList *self, TwObject *object);
void tw_object_list_remove (TwObjectList *self, const char *id);
void tw_object_list_clear (TwObjectList *self);
void tw_object_list_end (TwObjectList *self);
TwObject *tw_object_list_find (TwObjectList *self, const char *id);

G_END_DECLS
