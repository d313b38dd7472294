import Primitives
import Testing

@testable import TerminalUI

struct HumanTextTests {
    @Test(
        arguments: [
            (0, "0B"), (1, "1B"), (999, "999B"), (1000, "1kB"), (1001, "1.001kB"), (1234, "1.234kB"),
            (12_345, "12.35kB"), (123_456, "123.5kB"), (999_949, "999.9kB"), (999_999, "1000kB"), (4_260_000, "4.26MB"),
            (1_000_000_000, "1GB"), (1_500_000_000_000, "1.5TB"), (.max, "9223PB"),
        ] as [(Int64, String)])
    func aSizeHasFourDigitsAndPowersOfAThousand(bytes: Int64, text: String) {
        #expect(HumanText.size(bytes) == text)
    }

    @Test(
        arguments: [
            (0, "0B"), (999, "999B"), (1114, "1.11kB"), (1_984_123, "1.98MB"), (12_345, "12.3kB"),
            (123_456_789, "123MB"), (1_500_000, "1.5MB"),
        ] as [(Int64, String)])
    func aSizeInAListHasThreeDigits(bytes: Int64, text: String) {
        #expect(HumanText.size(bytes, digits: 3) == text)
    }

    @Test(
        arguments: [
            (0, "0B"), (1023, "1023B"), (1024, "1KiB"), (1536, "1.5KiB"), (16_043_213, "15.3MiB"),
            (1 << 40, "1TiB"), (.max, "1.638e"),
        ] as [(UInt64, String)])
    func aBinarySizeHasPowersOf1024(bytes: UInt64, text: String) {
        // The largest one has more whole digits than are significant: only its begin is compared.
        let shown = HumanText.binarySize(bytes)
        if bytes == .max { #expect(shown.hasSuffix("PiB")) } else { #expect(shown == text) }
    }

    @Test(
        arguments: [
            (-5, "Less than a second"), (0, "Less than a second"), (1, "1 second"), (2, "2 seconds"),
            (59, "59 seconds"),
            (60, "About a minute"), (119, "About a minute"), (120, "2 minutes"), (3599, "59 minutes"),
            (3600, "About an hour"), (5399, "About an hour"), (5400, "2 hours"), (47 * 3600, "47 hours"),
            (48 * 3600, "2 days"), (13 * 86400, "13 days"), (14 * 86400, "2 weeks"), (59 * 86400, "8 weeks"),
            (60 * 86400, "2 months"), (729 * 86400, "24 months"), (730 * 86400, "2 years"),
        ] as [(Int64, String)])
    func aDurationIsWordedAsByDocker(seconds: Int64, text: String) {
        #expect(HumanText.duration(nanoseconds: seconds * 1_000_000_000) == text)
    }

    @Test func aTimeInTheFutureIsNoStrangeNumber() {
        let now = Instant(nanoseconds: 1_000_000_000_000)
        #expect(HumanText.ago(since: Instant(nanoseconds: now.nanoseconds + 1), now: now) == "Less than a second ago")
        #expect(HumanText.ago(since: Instant(nanoseconds: 0), now: now) == "16 minutes ago")
    }
}
