// SPDX-License-Identifier: GPL-3.0-or-later
/* Who did what to what: each line carries a keyed hash over itself and the line before. */
#pragma once

#include "db/tw-db-rows.h"
#include "vault/tw-vault.h"

G_BEGIN_DECLS

typedef struct _TwAudit TwAudit;

typedef struct
{
  gint64 at_ms;
  const char *actor; /* account, or the role of one that has none */
  const char *device;
  const char *what;
  const char *subject;
  const char *command;
} TwAuditLine;

TwAudit *tw_audit_new (TwKey *key);
void tw_audit_free (TwAudit *audit);
gboolean tw_audit_append (TwAudit *audit, TwDb *db, const TwAuditLine *line, GError **error);
void tw_audit_forget (TwAudit *audit);
gboolean tw_audit_verify (TwDb *db, TwKey *key, GString *report, GError **error);

G_END_DECLS
