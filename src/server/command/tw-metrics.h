// SPDX-License-Identifier: GPL-3.0-or-later
/* Prometheus' text form, and the rooms that have something to count. */
#pragma once

#include "server/command/tw-service.h"

G_BEGIN_DECLS

/* Adds what a room counts; in any thread. */
typedef void (*TwMetricsFunc) (TwService *service, GString *out, gpointer user_data);

void tw_service_add_metrics (TwService *service, TwMetricsFunc func, gpointer user_data);

void tw_metric_begin (GString *out, const char *name, const char *kind, const char *help);
void tw_metric_value (GString *out, const char *name, const char *labels, double value);
void
tw_metric_add (GString *out, const char *name, const char *kind, const char *help, double value);

G_END_DECLS
