// SPDX-License-Identifier: GPL-3.0-or-later
/* The table of command kinds: what may be asked, by whom, and what happens without a network. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  TW_ROLE_GUEST = 1 << 0,  /* a device without a session */
  TW_ROLE_USER = 1 << 1,   /* a person, for their own account */
  TW_ROLE_AGENT = 1 << 2,  /* the desk */
  TW_ROLE_SENIOR = 1 << 3, /* an agent who may decide on identities */
  TW_ROLE_SYSTEM = 1 << 4, /* the service itself: rails, scripted colleagues; never over a socket */
} TwRole;

typedef enum
{
  TW_OFFLINE_REFUSE, /* can't be written down without the service */
  TW_OFFLINE_WAIT,   /* waits in the outbox, up to its time to live */
} TwOffline;

typedef struct
{
  const char *name;
  guint roles;      /* TwRole flags */
  gboolean sign;    /* carries the device's signature */
  gboolean money;   /* moves money: who asked is shown what became of it until they have seen it */
  gboolean step_up; /* may be held until a one-time code is told */
  TwOffline offline;
  int ttl_s; /* how long it may wait unsent; 0: for good */
} TwKind;

#define TW_KIND_ACCOUNT_REGISTER "account.register"
#define TW_KIND_IDENTITY_DECIDE "identity.decide"
#define TW_KIND_DIFFERENCE_EXPLAIN "difference.explain"
#define TW_KIND_DIFFERENCE_CORRECT "difference.correct"
#define TW_KIND_RECONCILE_ASK "reconcile.ask"
#define TW_KIND_WALLET_TOP_UP "wallet.top_up"
#define TW_KIND_WALLET_TRANSFER "wallet.transfer"
#define TW_KIND_WALLET_PAY "wallet.pay"
#define TW_KIND_WALLET_WITHDRAW "wallet.withdraw"
#define TW_KIND_PAYEE_CHECK "payee.check"
#define TW_KIND_PAYEE_SAVE "payee.save"
#define TW_KIND_PAYEE_EDIT "payee.edit"
#define TW_KIND_PAYEE_REMOVE "payee.remove"
#define TW_KIND_CARD_BIND "card.bind"
#define TW_KIND_CARD_PROVE "card.prove"
#define TW_KIND_CARD_UNBIND "card.unbind"
#define TW_KIND_STANDING_SET "standing.set"
#define TW_KIND_STANDING_END "standing.end"
#define TW_KIND_PAYMENT_CANCEL "payment.cancel"
#define TW_KIND_PAYMENT_REFUND "payment.refund"
#define TW_KIND_CHALLENGE_ANSWER "challenge.answer"
#define TW_KIND_CHALLENGE_DROP "challenge.drop"
#define TW_KIND_TAX_PAY "tax.pay"
#define TW_KIND_TICKET_ASK "ticket.ask"
#define TW_KIND_TICKET_WRITE "ticket.write"
#define TW_KIND_TICKET_RATE "ticket.rate"
#define TW_KIND_TICKET_OPEN "ticket.open"
#define TW_KIND_TICKET_CLOSE "ticket.close"
#define TW_KIND_TICKET_TAKE "ticket.take"
#define TW_KIND_TICKET_RELEASE "ticket.release"
#define TW_KIND_TICKET_REPLY "ticket.reply"
#define TW_KIND_TICKET_RESOLVE "ticket.resolve"
#define TW_KIND_RAIL_SETTLE "rail.settle"
#define TW_KIND_RAIL_CONFIRM "rail.confirm"
#define TW_KIND_PAYEE_FOUND "payee.found"
#define TW_KIND_PAYEE_FORGET "payee.forget"
#define TW_KIND_BILLER_LIST "biller.list"
#define TW_KIND_STANDING_RUN "standing.run"
#define TW_KIND_STANDING_WARN "standing.warn"
#define TW_KIND_CHALLENGE_END "challenge.end"
#define TW_KIND_TAX_ISSUE "tax.issue"

const TwKind *tw_kind_find (const char *name);
const TwKind *tw_kind_list (gsize *n_kinds);
const char *tw_role_get_name (TwRole role);
TwRole tw_role_from_name (const char *name);

G_END_DECLS
