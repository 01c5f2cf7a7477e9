// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/widgets/tw-qr.h"

#include <qrencode.h>
#include <zbar.h>

/* So many pixels a module, and so many modules of white around it, as the standard wants. */
#define SCALE 8
#define QUIET 4

/* A photograph of more than this is read from a smaller copy: a code that fills a part of it is
 * still large enough, and a whole one would take seconds. */
#define MAX_SIDE 2000

/**
 * tw_qr_draw:
 * @text: at most some hundred characters
 *
 * Returns: (transfer full): the code, black on white in dark windows too, so that every camera
 *   reads it
 */
GdkTexture *
tw_qr_draw (const char *text)
{
  QRcode *code = QRcode_encodeString (text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
  g_autoptr (GBytes) bytes = NULL;
  guint8 *pixels;
  int side;

  g_return_val_if_fail (code != NULL, NULL);

  side = (code->width + 2 * QUIET) * SCALE;
  pixels = g_malloc ((gsize) side * (gsize) side * 3);
  for (int y = 0; y < side; y++)
    for (int x = 0; x < side; x++)
      {
        int row = y / SCALE - QUIET;
        int column = x / SCALE - QUIET;
        gboolean inside = row >= 0 && column >= 0 && row < code->width && column < code->width;
        gboolean black = inside && (code->data[row * code->width + column] & 1) != 0;

        memset (pixels + ((gsize) y * (gsize) side + (gsize) x) * 3, black ? 0 : 255, 3);
      }
  QRcode_free (code);
  bytes = g_bytes_new_take (pixels, (gsize) side * (gsize) side * 3);
  return gdk_memory_texture_new (side, side, GDK_MEMORY_R8G8B8, bytes, (gsize) side * 3);
}

/* Every @step-th pixel of it, as grey; what is not there is white. */
static guint8 *
make_grey (const guint32 *pixels, int width, int step, int out_width, int out_height)
{
  guint8 *grey = g_malloc ((gsize) out_width * (gsize) out_height);

  for (int y = 0; y < out_height; y++)
    for (int x = 0; x < out_width; x++)
      {
        guint32 pixel = pixels[(gsize) (y * step) * (gsize) width + (gsize) (x * step)];
        guint alpha = pixel >> 24;
        guint sum = (pixel >> 16 & 0xff) * 3 + (pixel >> 8 & 0xff) * 6 + (pixel & 0xff);

        grey[(gsize) y * (gsize) out_width + (gsize) x] =
          (guint8) MIN (sum / 10 + (255 - alpha), 255);
      }
  return grey;
}

static char *
scan (zbar_image_t *image)
{
  zbar_image_scanner_t *scanner = zbar_image_scanner_create ();
  char *text = NULL;

  zbar_image_scanner_set_config (scanner, 0, ZBAR_CFG_ENABLE, 0);
  zbar_image_scanner_set_config (scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
  if (zbar_scan_image (scanner, image) > 0)
    {
      const zbar_symbol_t *symbol = zbar_image_first_symbol (image);

      text = g_strndup (zbar_symbol_get_data (symbol), zbar_symbol_get_data_length (symbol));
    }
  zbar_image_scanner_destroy (scanner);
  return text;
}

/**
 * tw_qr_read:
 * @picture: a photograph, a screenshot
 *
 * Returns: (transfer full) (nullable): what stands in the first code in it; %NULL: there is none
 */
char *
tw_qr_read (GdkTexture *picture)
{
  int width = gdk_texture_get_width (picture);
  int height = gdk_texture_get_height (picture);
  int step = MAX (1, (MAX (width, height) + MAX_SIDE - 1) / MAX_SIDE);
  int out_width = width / step;
  int out_height = height / step;
  g_autofree guint32 *pixels = g_new (guint32, (gsize) width * (gsize) height);
  g_autofree guint8 *grey = NULL;
  zbar_image_t *image = zbar_image_create ();
  char *text;

  gdk_texture_download (picture, (guchar *) pixels, (gsize) width * sizeof (guint32));
  grey = make_grey (pixels, width, step, out_width, out_height);
  zbar_image_set_format (image, zbar_fourcc ('Y', '8', '0', '0'));
  zbar_image_set_size (image, (unsigned) out_width, (unsigned) out_height);
  zbar_image_set_data (image, grey, (unsigned long) out_width * (unsigned long) out_height, NULL);
  text = scan (image);
  zbar_image_destroy (image);
  return text;
}
