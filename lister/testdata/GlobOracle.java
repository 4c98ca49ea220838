// Records what a JVM makes of random globs: the table glob_random.tsv beside this file.
//
//   java --add-opens java.base/sun.nio.fs=ALL-UNNAMED GlobOracle.java 4000 17 > glob_random.tsv
//
// with JDK 17; the arguments are the number of rows and the seed. The verdict is that of the regular expression that
// the JDK's PathMatcher makes of the glob, on the raw string: Path.of would drop "//" and a trailing '/' first.
//
// With a third argument, rows on which s3layout is stricter than Java on purpose (see the Note at lister.Glob) stay in.

import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.regex.*;

public class GlobOracle {
    static final String[] ALPHABET = {"*", "**", "?", "[", "]", "[!", "[^", "{", "}", ",", "!", "^", "-", "-", "\\", "/", "/",
        ".", "a", "b", "c", "é", "😀", "\n", "&", "&&", "_", "(", "$", "+", "|", "\u2028", "\u0085", "\r", "Z", "\uFF01"};
    static final String[] PIECES = {"*", "**", "?", "/", "/", "a", "b", "c", ".", "é", "😀", "\n", "\u2028", "[a-c]", "[!a]", "[!-b]",
        "[-a]", "[a-]", "[^a]", "[.-0]", "[_a-z]", "[a&&b]", "[[a]", "[\\a]", "[?*]", "[+--]", "[a-😀]", "[!\n]",
        "[,-\\_]", "[+-\\.]", "[&&-a]", "\\*", "\\{", "{a,b}", "{a*,b}", "{,a}", "{a,}", "{}", "{**,b}", "{/**,}", "{[ab],/}", "{a,b/}*", "***"};
    static final String[] KEY = {"a", "b", "c", "/", "/", ".", "é", "😀", "\n", "-", "*", "\\", "]", "[", "_", "&", "^", "!", "\u2028", "\u0085",
        "\r", "{", ",", "}", "m", "0"};
    // A range that ends in an escape of java.util.regex, and a '-' after a range that ended in an escape or above U+FFFF.
    static final Pattern STRICTER = Pattern.compile("-\\\\([0-9A-Za-z\\\\]|&&)|-(\\\\.|[\\x{10000}-\\x{10FFFF}])-", Pattern.DOTALL);

    static Random random;

    static String pick(String[] from) { return from[random.nextInt(from.length)]; }

    static String join(String[] from, int max) {
        StringBuilder s = new StringBuilder();
        for (int n = random.nextInt(max + 1); n > 0; n--) s.append(pick(from));
        return s.toString();
    }

    static String glob() { return random.nextInt(3) == 0 ? join(ALPHABET, 9) : join(PIECES, 6); }

    // A key that has a fair chance: the glob itself with its wildcards filled in, or noise.
    static String key(String glob) {
        if (random.nextInt(3) == 0) return join(KEY, 5);
        StringBuilder s = new StringBuilder();
        Matcher m = Pattern.compile("\\[[^\\]]*\\]|\\{[^}]*\\}|\\*+|\\\\.|.", Pattern.DOTALL).matcher(glob);
        while (m.find()) {
            String t = m.group();
            char c = t.charAt(0);
            if (t.length() > 1 && c == '{') {
                String[] a = t.substring(1, t.length() - 1).split(",", -1);
                s.append(pick(a).replace("*", join(KEY, 2)));
            } else if (c == '*') s.append(join(KEY, 3));
            else if (c == '?' || t.length() > 1 && c == '[') s.append(pick(KEY));
            else if (t.length() > 1 && c == '\\') s.append(t.substring(1));
            else s.append(t);
        }
        return s.toString();
    }

    // Control characters, line terminators and '%' as %XX of their UTF-8.
    static String escape(String s) {
        StringBuilder out = new StringBuilder();
        s.codePoints().forEach(c -> {
            if (c >= 0x20 && c != '%' && !(c >= 0x7F && c < 0xA0) && c != 0x2028) out.appendCodePoint(c);
            else for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) out.append(String.format("%%%02X", b & 0xFF));
        });
        return out.toString();
    }

    static Method toRegex;

    static String verdict(String glob, String key) throws Exception {
        try {
            return Pattern.compile((String) toRegex.invoke(null, glob)).matcher(key).matches() ? "match" : "no";
        } catch (PatternSyntaxException e) {
            return "error";
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof PatternSyntaxException) return "error";
            throw e;
        }
    }

    public static void main(String[] args) throws Exception {
        toRegex = Class.forName("sun.nio.fs.Globs").getDeclaredMethod("toUnixRegexPattern", String.class);
        toRegex.setAccessible(true);
        int rows = Integer.parseInt(args[0]);
        random = new Random(Long.parseLong(args[1]));
        Map<String, Integer> quota = new HashMap<>(Map.of("match", rows * 9 / 20, "no", rows * 7 / 20, "error", rows - rows * 9 / 20 - rows * 7 / 20));
        Set<String> lines = new TreeSet<>(), refused = new HashSet<>();
        while (lines.size() < rows) {
            String glob = glob(), key = key(glob), verdict = verdict(glob, key);
            if (glob.isEmpty()) continue;
            if (args.length < 3 && STRICTER.matcher(glob).find() || quota.get(verdict) == 0) continue;
            if (verdict.equals("error") && !refused.add(glob)) continue;
            if (lines.add(escape(glob) + "\t" + escape(key) + "\t" + verdict)) quota.merge(verdict, -1, Integer::sum);
        }
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
        out.print("# glob\tkey\tverdict of the regular expression of JDK " + Runtime.version().feature()
            + ", on the raw key; %XX is an escaped byte. Made by GlobOracle.java\n");
        for (String line : lines) out.print(line + "\n");
        out.flush();
    }
}
