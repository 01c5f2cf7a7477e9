#include "db/tw-db.h"
