// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/tw-payee.h"

/**
 * TwPayee:
 *
 * Somebody who can be paid, as looked up: a person, a company, a merchant, or an account with a
 * biller. Its id is that of the command that first asked for it.
 *
 * - state: how well it is known
 * - kind: who it is
 * - name: to be confirmed: of a person all but the end of the name is starred
 * - number: what it was found by: a phone with its middle starred, an account reference, a credit
 * code, a merchant's number or a customer number
 * - alias: what the person calls it, or nothing
 * - to-account: of a person: the account
 * - biller-id: the biller, or nothing
 * - asked-fen: the amount that the payment code or the bill asks for; 0: any
 * - verified-at-ms: when it was last found; 0: not yet
 * - checked-at-ms: when it was last known what came of looking it up; 0: not yet
 */
struct _TwPayee
{
  TwObject parent_instance;

  TwPayeeState state;
  TwPayeeKind kind;
  char *name;
  char *number;
  char *alias;
  char *to_account;
  char *biller_id;
  gint64 asked_fen;
  gint64 verified_at_ms;
  gint64 checked_at_ms;
};

G_DEFINE_FINAL_TYPE (TwPayee, tw_payee, TW_TYPE_OBJECT)

static const char *const payee_state_words[] = { "checking", "checked", "missing", "saved", NULL };
static const char *const payee_kind_words[] = { "person", "company", "merchant", "biller", NULL };

static const TwField fields[] = {
  TW_FIELD_ENUM (TwPayee, state, "state", payee_state_words),
  TW_FIELD_ENUM (TwPayee, kind, "kind", payee_kind_words),
  TW_FIELD_STRING (TwPayee, name, "name"),
  TW_FIELD_STRING (TwPayee, number, "number"),
  TW_FIELD_STRING (TwPayee, alias, "alias"),
  TW_FIELD_STRING (TwPayee, to_account, "to-account"),
  TW_FIELD_STRING (TwPayee, biller_id, "biller-id"),
  TW_FIELD_INT64 (TwPayee, asked_fen, "asked-fen"),
  TW_FIELD_INT64 (TwPayee, verified_at_ms, "verified-at-ms"),
  TW_FIELD_INT64 (TwPayee, checked_at_ms, "checked-at-ms"),
};

static void
tw_payee_class_init (TwPayeeClass *klass)
{
  tw_object_class_install_fields (TW_OBJECT_CLASS (klass), "payee", fields, G_N_ELEMENTS (fields));
}

static void
tw_payee_init (TwPayee *self)
{
}

TW_DEFINE_GETTER (TwPayee, tw_payee, TW_IS_PAYEE, TwPayeeState, state)
TW_DEFINE_GETTER (TwPayee, tw_payee, TW_IS_PAYEE, TwPayeeKind, kind)
TW_DEFINE_GETTER (TwPayee, tw_payee, TW_IS_PAYEE, const char *, name)
TW_DEFINE_GETTER (TwPayee, tw_payee, TW_IS_PAYEE, const char *, number)
TW_DEFINE_GETTER (TwPayee, tw_payee, TW_IS_PAYEE, const char *, alias)
TW_DEFINE_GETTER (TwPayee, tw_payee, TW_IS_PAYEE, const char *, to_account)
TW_DEFINE_GETTER (TwPayee, tw_payee, TW_IS_PAYEE, const char *, biller_id)
TW_DEFINE_GETTER (TwPayee, tw_payee, TW_IS_PAYEE, gint64, asked_fen)
TW_DEFINE_GETTER (TwPayee, tw_payee, TW_IS_PAYEE, gint64, verified_at_ms)
TW_DEFINE_GETTER (TwPayee, tw_payee, TW_IS_PAYEE, gint64, checked_at_ms)

/**
 * tw_payee_is_missing:
 * @self: a payee
 *
 * Returns: whether nobody was there when it was looked up last; one that is kept is missing too
 *   when it was found before
 */
gboolean
tw_payee_is_missing (TwPayee *self)
{
  g_return_val_if_fail (TW_IS_PAYEE (self), FALSE);

  return self->state == TW_PAYEE_STATE_MISSING || self->checked_at_ms > self->verified_at_ms;
}
